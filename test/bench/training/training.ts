import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { ensureChromium } from '../../../src/harness/cli/chromium';
import { launchChromium } from '../../../src/harness/cli/launch';
import { serve } from '../pageServer';
import { summarise } from '../report';
import type { TrainingCase, TrainingResult } from './page';

/** The original on a Titan X Pascal: 275,000 steps of 90 in about 30 hours. */
const ORIGINAL = 229;

/** Pictures that the whole network learns from at once in WebAssembly's 4 GB; larger batches are gathered from such. */
const AT_ONCE_ON_WASM = 8;

function cases(batches: readonly number[], steps: number, backend: 'wasm' | 'webgpu'): TrainingCase[] {
  const last = { after: 'InceptionResnetV1/Repeat_2/block8_5' };
  return batches.flatMap((size) => {
    const accumulate = backend === 'wasm' ? Math.max(1, Math.round(size / AT_ONCE_ON_WASM)) : 1;
    const gathered = { batch: Math.round(size / accumulate), accumulate, steps };
    const name = accumulate === 1 ? `batch ${size}` : `batch ${accumulate} × ${gathered.batch}`;
    return [
      { name: `frozen but Block8, batch ${size}`, base: 'facenet', trainable: last, batch: size, accumulate: 1, steps },
      { name: `full, folded, ${name}`, base: 'facenet', trainable: 'all', ...gathered },
      { name: `full, live batch norm, ${name}`, base: 'scratch', trainable: 'all', ...gathered },
    ] as const;
  });
}

/**
 * `node test/bench/training/training.js [--backend wasm|webgpu] [--batch 8,32] [--steps 4] [--only TEXT] [--out FILE]`:
 * pictures a second of forward, backward and optimiser through the train worker, and the peak of tfjs's memory. Pictures are decoded
 * and the frozen part has run beforehand, as in every epoch but the first.
 */
export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      backend: { type: 'string', default: 'wasm' },
      batch: { type: 'string', default: '8,32' },
      steps: { type: 'string', default: '4' },
      only: { type: 'string', default: '' },
      out: { type: 'string' },
    },
  });
  const backend = values.backend === 'webgpu' ? 'webgpu' : 'wasm';
  const server = await serve();
  const browser = await launchChromium(await ensureChromium(), backend);
  const results: (TrainingResult & { adapter: string | null })[] = [];
  try {
    const chosen = cases(values.batch.split(',').map(Number), Number(values.steps) + 1, backend);
    for (const each of chosen.filter(({ name }) => name.includes(values.only))) {
      // A page each: memory of one case must not count for the next.
      const page = await browser.newPage();
      page.on('pageerror', (error) => console.error(error));
      page.on('console', (message) => {
        if (message.type() === 'error') console.error(message.text());
      });
      await page.goto(`${server.resolvedUrls!.local[0]!}test/bench/training/index.html`);
      await page.waitForFunction(() => 'trainingBench' in globalThis);
      const result = await page.evaluate(([on, one]) => trainingBench(on, one), [backend, each] as const);
      results.push(result);
      console.log(lineOf(result));
      await page.close();
    }
  } finally {
    await browser.close();
    await server.close();
  }
  const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  console.log(
    `${machine}; ${backend}, adapter: ${results[0]?.adapter ?? 'none'}; the original on a Titan X: ${ORIGINAL}/s`,
  );
  if (values.out !== undefined)
    writeFileSync(values.out, `${JSON.stringify({ machine, backend, results }, null, 2)}\n`);
  return 0;
}

function lineOf({ name, imagesPerSecond, trainableParameters, wasmBytes, failure }: TrainingResult): string {
  if (failure !== null || imagesPerSecond.length === 0) return `${name.padEnd(36)}  failed: ${failure ?? 'no step'}`;
  const { median } = summarise(imagesPerSecond, '');
  const weights = `${(trainableParameters / 1e6).toFixed(2)} M weights`;
  return `${name.padEnd(36)}  ${median.toFixed(2).padStart(8)} pictures/s  ${weights}  ${(wasmBytes / 2 ** 20).toFixed(0)} MiB`;
}
