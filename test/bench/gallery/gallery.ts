import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { ensureChromium } from '../../../src/harness/cli/chromium';
import { launchChromium } from '../../../src/harness/cli/launch';
import { serve } from '../pageServer';
import { watchMemory } from '../rendererMemory';
import { summarise } from '../report';

/**
 * `node test/bench/gallery/gallery.js EMBEDDINGS.npy [--faces 100000] [--probes 200]`: searching a gallery of real
 * embeddings (what `facenet-web embed` wrote) and noisy copies of them through the app's own client and worker; the answers
 * are compared with a plain search in double precision.
 */
export async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { faces: { type: 'string', default: '100000' }, probes: { type: 'string', default: '200' } },
  });
  const [file] = positionals;
  if (file === undefined) throw new Error('Name a .npy file of embeddings.');
  const server = await serve();
  const browser = await launchChromium(await ensureChromium(), 'wasm');
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.route('**/bench-embeddings.npy', (route) => route.fulfill({ path: file }));
    await page.route('**/bench-labels.npy', (route) => route.fulfill({ path: file.replace(/npy$/, 'labels.npy') }));
    await page.goto(`${server.resolvedUrls!.local[0]!}test/bench/gallery/index.html`);
    await page.waitForFunction(() => 'galleryBench' in globalThis);
    const work = page.evaluate((options) => galleryBench(options), {
      embeddings: '/bench-embeddings.npy',
      labels: '/bench-labels.npy',
      faces: Number(values.faces),
      probes: Number(values.probes),
      seed: 20261124,
    });
    const stop = watchMemory(browser);
    const result = await work;
    const most = await stop();
    const { faces, people, size, setUp, first, known, strangers, together, wrong, checked } = result;
    const line = (name: string, ms: readonly number[]): string => {
      const { median, min } = summarise(ms, 'ms');
      const sorted = [...ms].sort((a, b) => a - b);
      const slow = sorted[Math.floor(0.95 * sorted.length)]!;
      return `${name.padEnd(30)} median ${median.toFixed(1)} ms, least ${min.toFixed(1)}, 95 % within ${slow.toFixed(1)}`;
    };
    console.log(
      `${faces} faces of ${people} people, ${size} numbers each; ${cpus()[0]?.model}, ${cpus().length} cores`,
    );
    console.log(`gallery sent and packed ${setUp.toFixed(0)} ms, first search ${first.toFixed(0)} ms`);
    console.log(line('a face of somebody known', known));
    console.log(line('a stranger', strangers));
    console.log(`a face of ${known.length + strangers.length} at once ${together.toFixed(1)} ms`);
    console.log(`unlike a plain search: ${wrong} of ${checked}; renderer at most ${(most / 2 ** 20).toFixed(0)} MiB`);
    return wrong === 0 ? 0 : 1;
  } finally {
    await browser.close();
    await server.close();
  }
}
