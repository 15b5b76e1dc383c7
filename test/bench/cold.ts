import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright';
import { launchFlags } from '../../src/harness/cli/launch';
import { modelsFolder, siteFolder } from '../../src/harness/cli/root';
import { startServer } from '../../src/harness/cli/server';

const PICTURE = 'samples/sts-106-crew.jpg';
const PERSON = 'Edward Lu'; // one of the crew
/** The first visit enrols the sample people and recognises seven pictures. */
const FIRST_VISIT_MS = 180_000;

/**
 * Milliseconds from the start of the navigation to the first name drawn on a picture that is given at once, in a fresh
 * browser process with the people and the model files in place. The built app, in a profile kept between the starts.
 */
export async function coldStarts(executablePath: string, times: number): Promise<number[]> {
  const profile = await mkdtemp(join(tmpdir(), 'facenet-web-bench-'));
  const server = await startServer({ site: siteFolder(), models: modelsFolder() });
  const visit = async <T>(work: (page: Page) => Promise<T>): Promise<T> => {
    const args = launchFlags('auto', process.platform, false);
    const context = await chromium.launchPersistentContext(profile, { executablePath, args });
    try {
      return await work(await context.newPage());
    } finally {
      await context.close();
    }
  };
  try {
    await visit((page) => enrolSamples(page, server.url));
    const starts: number[] = [];
    for (let i = 0; i < times; i++) starts.push(await visit((page) => firstName(page, server.url)));
    return starts;
  } finally {
    await server.close();
    await rm(profile, { recursive: true, force: true });
  }
}

async function enrolSamples(page: Page, url: string): Promise<void> {
  await page.goto(`${url}#/recognise`);
  await page.getByRole('button', { name: 'sample pictures' }).click();
  await page.getByRole('list', { name: 'Pictures' }).getByText(PERSON).first().waitFor({ timeout: FIRST_VISIT_MS });
}

async function firstName(page: Page, url: string): Promise<number> {
  await page.addInitScript((person) => {
    const drawn = new Promise<number>((resolve) => {
      const look = () => {
        const list = document.querySelector('[aria-label="Pictures"]');
        if (list?.textContent.includes(person)) resolve(performance.now());
        else requestAnimationFrame(look);
      };
      look();
    });
    Object.assign(globalThis, { drawn });
  }, PERSON);
  await page.goto(`${url}#/recognise`, { waitUntil: 'commit' });
  await page.locator('input[type=file][multiple]').setInputFiles(join(siteFolder(), PICTURE));
  return page.evaluate(() => (globalThis as unknown as { drawn: Promise<number> }).drawn);
}
