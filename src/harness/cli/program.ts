import { Command, CommanderError } from 'commander';
import { isStopping, stoppedCode } from './cleanup';
import { addAlign } from './commands/align';
import { addBias } from './commands/bias';
import { addCalibrate } from './commands/calibrate';
import { addClassify } from './commands/classify';
import { addCluster } from './commands/cluster';
import { addCompare } from './commands/compare';
import { addDetect } from './commands/detect';
import { addEmbed } from './commands/embed';
import { addExport } from './commands/export';
import { addFilterMetrics } from './commands/filterMetrics';
import { addLfw } from './commands/lfw';
import { addModels } from './commands/models';
import { addPack } from './commands/pack';
import { addRecognise } from './commands/recognise';
import { addServe } from './commands/serve';
import { addSpeed } from './commands/speed';
import { addFinetune, addTrain } from './commands/train';
import { printable } from './printable';
import { commandError } from './diskReason';
import { entryError } from './output';
import { createRunner, type Reporter } from './reporter';
import { packageVersion } from './root';

export const EXIT = { fine: 0, failure: 1, usage: 2 } as const;

/** Commands whose files hold nobody's faces, or are made to be handed on. */
const FOR_OTHERS: ReadonlySet<string> = new Set(['bias', 'calibrate', 'models', 'pack', 'serve', 'speed']);

/** All commands. `done` hears of each that has ended well, by its report. */
export function createProgram(done: (reporter: Reporter) => void): Command {
  const program = new Command('facenet-web')
    .description('Face recognition in headless Chromium: nothing leaves this machine.')
    .version(packageVersion())
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(printable(text)) })
    .hook('preAction', (_, command) => {
      // Crops, embeddings, checkpoints and reports are of faces: for their owner alone.
      if (!FOR_OTHERS.has(command.name())) process.umask(0o077);
    });
  const run = createRunner(done);
  addRecognise(program, run);
  addDetect(program, run);
  addAlign(program, run);
  addEmbed(program, run);
  addCompare(program, run);
  addCluster(program, run);
  addClassify(program, run);
  addLfw(program, run);
  addBias(program, run);
  addFilterMetrics(program, run);
  addFinetune(program, run);
  addTrain(program, run);
  addSpeed(program, run);
  addPack(program, run);
  addCalibrate(program, run);
  addModels(program, run);
  addExport(program, run);
  addServe(program);
  return program;
}

/** Runs one command line (without node and script) and resolves to its exit code; nothing is thrown. */
export async function runCommand(args: readonly string[]): Promise<number> {
  let code: number = EXIT.fine;
  const program = createProgram((reporter) => {
    reporter.end();
    if (reporter.failures > 0) code = EXIT.failure;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.fine : EXIT.usage;
    if (isStopping()) return EXIT.failure;
    const error = commandError(thrown);
    console.error(printable(error.message));
    if (args.includes('--json')) console.log(JSON.stringify({ error: entryError(error) }));
    return error.code === 'train/stopped' ? (stoppedCode() ?? EXIT.failure) : EXIT.failure;
  }
  return code;
}
