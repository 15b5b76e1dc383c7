import { Command, CommanderError } from 'commander';
import { isStopping, stoppedCode } from './cleanup';
import { addAlign } from './commands/align';
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
import { commandError } from './diskReason';
import { entryError, type FailureOutput } from './output';
import { packageVersion } from './root';

export const EXIT = { fine: 0, failure: 1, usage: 2 } as const;

/** Runs one command line (without node and script) and resolves to its exit code; nothing is thrown. */
export async function runCommand(args: readonly string[]): Promise<number> {
  let code: number = EXIT.fine;
  const done = ({ failures }: { readonly failures: number }) => {
    if (failures > 0) code = EXIT.failure;
  };
  const program = new Command('facenet-web')
    .description('Face recognition in headless Chromium: nothing leaves this machine.')
    .version(packageVersion())
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride();
  addRecognise(program, done);
  addDetect(program, done);
  addAlign(program, done);
  addEmbed(program, done);
  addCompare(program, done);
  addCluster(program, done);
  addClassify(program, done);
  addLfw(program, done);
  addFilterMetrics(program, done);
  addFinetune(program, done);
  addTrain(program, done);
  addSpeed(program, done);
  addPack(program, done);
  addModels(program, done);
  addExport(program, done);
  addServe(program);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.fine : EXIT.usage;
    if (isStopping()) return EXIT.failure;
    const error = commandError(thrown);
    console.error(error.message);
    const output: FailureOutput = { error: entryError(error) };
    if (args.includes('--json')) console.log(JSON.stringify(output));
    return error.code === 'train/stopped' ? (stoppedCode() ?? EXIT.failure) : EXIT.failure;
  }
  return code;
}
