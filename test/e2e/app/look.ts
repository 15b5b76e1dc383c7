import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Looked at by hand before a release; git ignores the folder. */
const FOLDER = 'test/screenshots';

/** The page as it is now: nothing sticks out to the side, axe finds nothing wrong, and a picture of it is kept. */
export async function look(page: Page, name: string): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide, `${name}: nothing sticks out to the side`).toBe(0);
  // Cards outside the window are not drawn otherwise; a sheet made by script passes the page's policy.
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('article { content-visibility: visible !important }');
    document.adoptedStyleSheets = [sheet];
  });
  await page.screenshot({ path: `${FOLDER}/${name}.png`, fullPage: true, animations: 'disabled' });
  // The app has no frames: without axe's way for those, and without a list of all that is fine, it takes a third.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`),
    `${name}: axe`,
  ).toEqual([]);
}
