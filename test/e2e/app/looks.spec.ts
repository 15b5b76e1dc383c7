import { expect, go, openApp, people, picture, ready, test, type ViewName } from './appTest';
import { look } from './look';

const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1280, height: 900 },
  { name: 'dark', colorScheme: 'dark', width: 1280, height: 900 },
  { name: 'phone', colorScheme: 'light', width: 360, height: 740 },
  { name: 'phone-dark', colorScheme: 'dark', width: 360, height: 740 },
] as const;

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
