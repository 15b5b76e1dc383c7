import { writeFileSync } from 'node:fs';
import { cpus, platform, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { ensureChromium } from '../../src/harness/cli/chromium';
import { launchChromium } from '../../src/harness/cli/launch';
import { prepareEmbedded } from '../../src/harness/cli/prepareModels';
import { Reporter as CliReport } from '../../src/harness/cli/reporter';
import { coldStarts } from './cold';
import { measureLive } from './live/measureLive';
import { liveRows, liveTable } from './live/report';
import type { Turns } from './page/measure';
import type { PageResult } from './page/page';
import { serve } from './pageServer';
import { ratiosOf, summarise, table, type Report, type Row } from './report';

/**
 * `npm run bench [-- --out FILE]`: measures us and our peers in one run of one browser, prints a table, and writes it
 * as JSON where asked. A goal missed is printed and is no failure: the time depends on the machine. `--smoke` takes each
 * measure once, to show that all of them run.
 */
export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { out: { type: 'string' }, smoke: { type: 'boolean', default: false } },
  });
  const { smoke } = values;
  await prepareEmbedded(new CliReport(false));
  const chromium = await ensureChromium();
  const { result, version } = await inPage(chromium, smoke ? { rounds: 1, repeats: 1 } : { rounds: 7, repeats: 3 });
  const cold = await coldStarts(chromium, smoke ? 1 : 7);
  const rows: Record<string, Row> = {};
  for (const [name, samples] of Object.entries({ ...result.samples, cold }))
    rows[name] = summarise(samples, isNetwork(name) ? 'ms a face' : 'ms');
  const live = liveRows(
    await measureLive({ ...(smoke ? { rounds: 1, seconds: 1 } : { rounds: 3, seconds: 4 }), peers: true }),
  );
  const report: Report = {
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memory: `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
      system: `${platform()} ${release()}`,
      browser: `Chromium ${version}`,
      engine: result.engine,
    },
    adapter: result.adapter,
    rows,
    ratios: ratiosOf(rows),
    live,
    notes: result.notes,
  };
  console.log(table(report));
  console.log(`\n${liveTable(live)}`);
  if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(report, null, 2)}\n`);
  return 0;
}

function isNetwork(name: string): boolean {
  return name.startsWith('network.') || name.startsWith('peer.onnxruntime.');
}

async function inPage(chromium: string, turns: Turns): Promise<{ result: PageResult; version: string }> {
  const server = await serve();
  const browser = await launchChromium(chromium, 'auto');
  try {
    const page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'log') console.error(message.text());
    });
    page.on('pageerror', (error) => console.error(error));
    await page.goto(`${server.resolvedUrls!.local[0]!}test/bench/page/index.html`);
    await page.waitForFunction(() => 'bench' in globalThis);
    return { result: await page.evaluate((given) => bench(given), turns), version: browser.version() };
  } finally {
    await browser.close();
    await server.close();
  }
}
