import { Option, type Command } from 'commander';
import { count } from '../../../core/count';
import { BACKENDS } from '../../../core/types';
import { byteSize } from '../options';
import type { PackOutput } from '../output';
import { pack, type PackFlags } from '../pack/pack';
import type { Reporter, Runner } from '../reporter';

export function addPack(program: Command, run: Runner): void {
  program
    .command('pack')
    .description('pack what a GPU machine without a network needs, in parts, with a script that measures and trains')
    .requiredOption(
      '--out <folder>',
      'for the parts, their check sums and the script; crops are kept there to continue from',
    )
    .option('--part <size>', 'of a part at most', byteSize, byteSize('48m'))
    .addOption(
      new Option('--chromium <folder>', 'a portable Chromium: its folder, its parts, or the script that makes it').env(
        'FACENET_CHROMIUM',
      ),
    )
    .option('--no-models', 'leave the model files out')
    .option('--lfw <folder>', 'LFW’s pictures, with --pairs: aligned crops of 182 pixels')
    .option('--pairs <file>', 'LFW’s pairs.txt, with --lfw')
    .option('--data <folder>', 'a folder of pictures for each person, to train on: aligned crops of 182 pixels')
    .addOption(new Option('--backend <name>', 'where faces are found').choices(['auto', ...BACKENDS]).default('auto'))
    .option('--json', 'print one JSON object on standard output')
    .action(run(packAll));
}

async function packAll(flags: PackFlags & { readonly json?: true }, reporter: Reporter): Promise<void> {
  const output: PackOutput = await pack(flags, reporter);
  reporter.line(`${count(output.parts.length, 'part')}, ${(output.bytes / 1e6).toFixed(0)} MB: ${flags.out}`);
  reporter.line('Copy part.*, SHA256SUMS and run.sh into one folder of the other machine, then there: sh run.sh');
  reporter.object(output);
}
