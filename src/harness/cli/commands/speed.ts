import { Option, type Command } from 'commander';
import { count } from '../../../core/count';
import { BACKENDS } from '../../../core/types';
import { median } from '../../../evaluate/statistics';
import type { BackendChoice } from '../launch';
import { wholeNumber } from '../options';
import type { SpeedOutput, SpeedRow } from '../output';
import type { Reporter, Runner } from '../reporter';
import { withPage } from '../session';
import { width } from '../train/flags';

interface SpeedFlags {
  readonly backend: BackendChoice;
  readonly batch: number[];
  readonly steps: number;
  readonly width: number;
  readonly probe?: true;
  readonly json?: true;
}

export function addSpeed(program: Command, run: Runner): void {
  program
    .command('speed')
    .description('measure how many pictures a second FaceNet’s network embeds and trains on, with noise for pictures')
    .option('--batch <list>', 'pictures at once, several with commas between', batches, [8, 32, 90])
    .option('--steps <n>', 'of each, after one to warm up; their median counts', wholeNumber(1, 1000), 5)
    .option('--width <share>', 'of the channels of the whole network', width, 1)
    .option('--probe', 'only say what it would run on')
    .addOption(new Option('--backend <name>', 'where it runs').choices(['auto', ...BACKENDS]).default('auto'))
    .option('--json', 'print one JSON object on standard output')
    .action(run(speed));
}

function batches(text: string): number[] {
  return text.split(',').map(wholeNumber(1, 4096));
}

async function speed({ backend, batch, steps, width, probe }: SpeedFlags, reporter: Reporter): Promise<void> {
  await withPage(backend, reporter, async (session) => {
    const measure = (size: number) => session.call('speed', { backend, batch: size, steps, width });
    const { engine } = await measure(0);
    const where =
      engine.backend === 'wasm' ? `WASM, ${count(engine.threads, 'thread')}` : `WebGPU, ${engine.adapter ?? 'unnamed'}`;
    reporter.line(`${where}${engine.softwareAdapter ? ' (computed on the CPU: this is no GPU)' : ''}`);
    const rows: SpeedRow[] = [];
    for (const size of probe ? [] : batch) {
      const { embedding, training, refused } = await measure(size);
      const row = {
        batch: size,
        embedding: median(embedding),
        training: refused === null ? median(training) : null,
        refused,
      };
      rows.push(row);
      const trains = row.training === null ? `no training (${refused})` : `trains on ${row.training.toFixed(2)}`;
      reporter.line(`batch ${size}: embeds ${row.embedding.toFixed(2)} pictures a second, ${trains}`);
    }
    const { backend: used, adapter, softwareAdapter, threads } = engine;
    const output: SpeedOutput = { backend: used, adapter, softwareAdapter, threads, width, rows };
    reporter.object(output);
  });
}
