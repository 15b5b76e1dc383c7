import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, go, openApp, people, picture, ready, test, type ViewName } from './appTest';

const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1280, height: 900 },
  { name: 'dark', colorScheme: 'dark', width: 1280, height: 900 },
  { name: 'phone', colorScheme: 'light', width: 360, height: 740 },
  { name: 'phone-dark', colorScheme: 'dark', width: 360, height: 740 },
] as const;

/** Looked at by hand before a release; git ignores the folder. */
const FOLDER = 'test/screenshots';

async function look(page: Page, name: string): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide, `${name}: nothing sticks out to the side`).toBe(0);
  // Cards outside the window are not drawn otherwise; a sheet made by script passes the page's policy.
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('article { content-visibility: visible !important }');
    document.adoptedStyleSheets = [sheet];
  });
  await page.screenshot({ path: `${FOLDER}/${name}.png`, fullPage: true, animations: 'disabled' });
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`),
    `${name}: axe`,
  ).toEqual([]);
}

for (const { name, colorScheme, width, height } of LOOKS) {
  test(`every view is accessible and fits: ${name}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    await openApp(page);
    for (const view of ['Recognise', 'People', 'Settings'] satisfies ViewName[]) {
      await go(page, view);
      await look(page, `${name}-${view.toLowerCase()}-empty`);
    }
    await go(page, 'Recognise');
    await page.getByRole('button', { name: 'Try it with sample pictures' }).click();
    await expect(page.getByRole('article')).toHaveCount(7, { timeout: 120_000 });
    await ready(page);
    await look(page, `${name}-recognise`);
    const first = picture(page, 'expedition-2-and-3-crews.jpg');
    await first.getByRole('button', { name: 'Name this face' }).first().click();
    await look(page, `${name}-recognise-naming`);

    await go(page, 'People');
    await look(page, `${name}-people`);
    await page.getByRole('button', { name: 'Add a person' }).click();
    await look(page, `${name}-people-adding`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await people(page).first().getByRole('link').click();
    await look(page, `${name}-person`);
    await go(page, 'Settings');
    await look(page, `${name}-settings`);
    await page.getByRole('button', { name: 'Delete everything…' }).click();
    await look(page, `${name}-settings-delete`);
  });
}
