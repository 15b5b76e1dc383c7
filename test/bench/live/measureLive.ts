import type { Page } from 'playwright';
import { ensureChromium } from '../../../src/harness/cli/chromium';
import { launchChromium } from '../../../src/harness/cli/launch';
import { serve } from '../pageServer';
import type { LiveOptions, LiveRound } from './page';

/** Chromium measures its own memory when it is asked; by itself it waits up to a minute. */
const MEASURE_AT_ONCE = '--enable-blink-features=ForceEagerMeasureMemory';

/** The live rounds of a bench; `npm run bench` measures them too. */
export function measureLive(options: LiveOptions): Promise<LiveRound[]> {
  return inPage(async (page) => page.evaluate((given) => liveBench(given), options));
}

/** The live bench's page, served and opened for `work`. */
export async function inPage<T>(work: (page: Page) => Promise<T>): Promise<T> {
  const server = await serve();
  const browser = await launchChromium(await ensureChromium(), 'auto', [MEASURE_AT_ONCE]);
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error));
    page.on('console', (message) => {
      if (message.type() === 'log' || message.type() === 'error') console.error(message.text());
    });
    await page.goto(`${server.resolvedUrls!.local[0]!}test/bench/live/index.html`);
    await page.waitForFunction(() => 'liveBench' in globalThis);
    return await work(page);
  } finally {
    await browser.close();
    await server.close();
  }
}
