import { link, copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type BrowserContext, type Page } from 'playwright';
import { ensureChromium } from '../../src/harness/cli/chromium';
import { launchFlags } from '../../src/harness/cli/launch';
import { modelsFolder, siteFolder } from '../../src/harness/cli/root';
import { startServer } from '../../src/harness/cli/server';
import { rendererMemory } from './rendererMemory';

const FOLDER = 'Library';
const PICTURE = /\.(jpe?g|png|webp)$/i;
const MIB = 2 ** 20;
const LONG_MS = 4 * 3_600_000;

/**
 * `node test/bench/photos.js --data DIR [--data DIR] [--pictures 10000] [--models DIR]`: gives the built app a folder of
 * pictures and tells, at a tenth, a half and the end, pictures a second since the mark before, the page's heap, resident
 * memory of page and workers, and the storage used. After a quarter the browser is closed and started again with the same
 * profile: the folder given again resumes. At last, how long grouping takes and how quick the view is.
 */
export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string', multiple: true, default: [] },
      pictures: { type: 'string', default: '10000' },
      models: { type: 'string', default: modelsFolder() },
    },
  });
  const root = await mkdtemp(join(tmpdir(), 'facenet-web-photos-'));
  const server = await startServer({ site: siteFolder(), models: values.models });
  try {
    const folder = join(root, FOLDER);
    const total = await makeFolder(folder, values.data, Number(values.pictures));
    const profile = join(root, 'profile');
    const quarter = Math.round(total / 4);
    const marks = [total / 10, total / 2, total].map(Math.round);
    await visit(profile, server.url, async (page, context) => {
      await add(page, folder);
      await measure(page, context, [...marks.filter((mark) => mark < quarter), quarter], 0);
    });
    await visit(profile, server.url, async (page, context) => {
      const start = performance.now();
      await add(page, folder);
      await reach(page, quarter);
      console.log(`tab closed and opened again: ${quarter} pictures skipped in ${seconds(start)} s`);
      await measure(
        page,
        context,
        marks.filter((mark) => mark > quarter),
        quarter,
      );
      const grouping = performance.now();
      await page.getByRole('progressbar').first().waitFor({ state: 'detached', timeout: LONG_MS });
      console.log(`last grouping ${seconds(grouping)} s; ${await page.locator('h1 + p').innerText()}`);
      await tell(page, context, 'grouped', 0);
    });
    await visit(profile, server.url, viewSpeed);
    return 0;
  } finally {
    await server.close();
    await rm(root, { recursive: true, force: true });
  }
}

/** At most `most` pictures of the folders, as links in one folder with those in folders of 500. */
async function makeFolder(folder: string, data: readonly string[], most: number): Promise<number> {
  let made = 0;
  for (const root of data) {
    for (const entry of (await readdir(root, { recursive: true })).filter((name) => PICTURE.test(name)).sort()) {
      if (made === most) return made;
      const into = join(folder, String(Math.floor(made / 500)));
      await mkdir(into, { recursive: true });
      const path = join(into, `${made++} ${entry.replaceAll('/', ' ')}`);
      await link(join(root, entry), path).catch(() => copyFile(join(root, entry), path));
    }
  }
  return made;
}

async function visit(
  profile: string,
  url: string,
  work: (page: Page, context: BrowserContext) => Promise<void>,
): Promise<void> {
  const flags = launchFlags('wasm', process.platform, false);
  const options = { executablePath: await ensureChromium(), args: [...flags, '--enable-precise-memory-info'] };
  const context = await chromium.launchPersistentContext(profile, options);
  try {
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.goto(`${url}#/photos`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await work(page, context);
  } finally {
    await context.close();
  }
}

async function add(page: Page, folder: string): Promise<void> {
  await page.locator('input[webkitdirectory]').setInputFiles(folder);
  // First the app finds out whether it is a folder that it knows; a small one may be done before it is seen at work.
  await page
    .locator('.working', { hasText: 'Looking through' })
    .waitFor({ timeout: 10_000 })
    .catch(() => undefined);
}

/** Waits until the queue has processed `wanted` pictures, or all. */
async function reach(page: Page, wanted: number): Promise<void> {
  await page.waitForFunction(
    (least) => {
      const cards = [...document.querySelectorAll('.working')].map((card) => card.textContent);
      const words = cards.find((text) => text.includes('Looking through')) ?? ''; // another may speak of grouping
      const done = /(\d[\d,]*) of /.exec(words)?.[1];
      if (done !== undefined) return Number(done.replaceAll(',', '')) >= least;
      return words === '' && document.querySelector('[aria-label="Folders"]') !== null;
    },
    wanted,
    { timeout: LONG_MS, polling: 500 },
  );
}

async function measure(page: Page, context: BrowserContext, marks: readonly number[], from: number): Promise<void> {
  let before = from;
  for (const mark of marks) {
    const start = performance.now();
    await reach(page, mark);
    await tell(page, context, `${mark} pictures`, (mark - before) / ((performance.now() - start) / 1000));
    before = mark;
  }
}

async function tell(page: Page, context: BrowserContext, what: string, speed: number): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  const { usage = 0 } = await page.evaluate(() => navigator.storage.estimate());
  const resident = await rendererMemory(context.browser()!);
  console.log(
    [
      what.padEnd(16),
      speed > 0 ? `${speed.toFixed(1)} pictures/s` : '',
      `heap ${(usedSize / MIB).toFixed(0)} MiB`,
      `resident ${(resident / MIB).toFixed(0)} MiB`,
      `storage ${(usage / MIB).toFixed(0)} MiB`,
    ].join('  '),
  );
}

/** Opening the library, showing more, and scrolling from its top to its end and back. */
async function viewSpeed(page: Page): Promise<void> {
  const start = performance.now();
  await page.reload();
  await page.getByRole('list', { name: 'Pictures found' }).getByRole('listitem').first().waitFor({ timeout: LONG_MS });
  console.log(`view opened in ${seconds(start)} s`);
  const more = page.getByRole('button', { name: /^Show more \(/ });
  const pressed = performance.now();
  for (let i = 0; i < 10 && (await more.isVisible()); i++) await more.click();
  console.log(`ten times “Show more” in ${seconds(pressed)} s`);
  const slow = await page.evaluate(async () => {
    const gaps: number[] = [];
    let last = performance.now();
    const steps = 120;
    for (let i = 0; i <= steps; i++) {
      const share = 1 - Math.abs(1 - (2 * i) / steps);
      scrollTo(0, share * (document.documentElement.scrollHeight - innerHeight));
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      gaps.push(now - last);
      last = now;
    }
    return gaps.sort((a, b) => a - b);
  });
  const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
  const at = (share: number) => slow[Math.floor(share * (slow.length - 1))]!.toFixed(0);
  console.log(`scrolling: a frame median ${at(0.5)} ms, 95 % within ${at(0.95)}, worst ${at(1)}; ${nodes} elements`);
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}
