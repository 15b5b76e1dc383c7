import { join } from 'node:path';
import { ensureChromium } from '../src/harness/cli/chromium';
import { launchChromium } from '../src/harness/cli/launch';
import { modelsFolder, packageRoot, siteFolder } from '../src/harness/cli/root';
import { startServer } from '../src/harness/cli/server';

const VIEWPORT = { width: 1080, height: 760 };
const PATIENCE_MS = 180_000;

/** README's pictures: the sample pictures as a first visitor sees them recognised. */
export async function takePictures(): Promise<void> {
  const server = await startServer({ site: siteFolder(), models: modelsFolder() });
  const browser = await launchChromium(await ensureChromium(), 'wasm');
  try {
    const page = await browser.newPage({ viewport: VIEWPORT, locale: 'en-GB', colorScheme: 'light' });
    await page.goto(`${server.url}#/recognise`);
    await page.getByRole('button', { name: 'sample pictures' }).click();
    const shown = page.getByRole('list', { name: 'Pictures' });
    await shown.getByText('Edward Lu').first().waitFor({ timeout: PATIENCE_MS });
    await page.getByRole('progressbar').first().waitFor({ state: 'detached', timeout: PATIENCE_MS });
    await page.evaluate(() => scrollTo(0, 0));
    await page.mouse.move(0, 0); // nothing is pointed at
    const path = join(packageRoot(), 'docs', 'recognise.jpg'); // a photograph: half the size of a PNG
    await page.screenshot({ path, type: 'jpeg', quality: 85, animations: 'disabled' });
  } finally {
    await browser.close();
    await server.close();
  }
}
