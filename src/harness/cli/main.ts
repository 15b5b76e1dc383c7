import { exitCleanlyOnSignals } from './cleanup';
import { runCommand } from './program';

exitCleanlyOnSignals();
// A reader that has enough (`| head`) is no failure; ending runs the exit handlers, which end Chromium.
process.stdout.on('error', () => process.exit(0));
process.exitCode = await runCommand(process.argv.slice(2));
