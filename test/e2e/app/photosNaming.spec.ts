import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, message, openApp, people, go, portrait, ready, sample, test } from './appTest';
import { look } from './look';

const CREW = 'sts-106-crew.jpg';

function groups(page: Page): Locator {
  return page.getByRole('list', { name: 'People in the photos' }).getByRole('listitem');
}
function loose(page: Page): Locator {
  return page.getByRole('list', { name: 'Faces in no group' }).getByRole('listitem');
}

/** Opens Photos with the crew and portraits of these people. */
async function openWith(page: Page, root: string, ...names: string[]): Promise<void> {
  const folder = join(root, 'Crew');
  mkdirSync(folder, { recursive: true });
  for (const file of [sample(CREW), ...names.map(portrait)]) copyFileSync(file, join(folder, basename(file)));
  await openApp(page, 'Photos');
  await page.locator('input[webkitdirectory]').setInputFiles(folder);
  await expect(page.getByText(`${names.length + 1} pictures,`)).toBeVisible({ timeout: 90_000 });
  await ready(page);
}

/** The form says who has the name already: `tile` may no longer be found by its text. */
async function name(tile: Locator, as: string): Promise<void> {
  await tile.getByRole('button', { name: 'Name' }).click();
  const field = tile.page().getByLabel('Who is this?');
  await field.fill(as);
  await field.press('Enter');
}

test('a face in no group is named in its place, and back with Undo', async ({ page }, info) => {
  await openWith(page, info.outputPath(), 'Edward Lu', 'Susan Helms');
  await expect(groups(page)).toHaveCount(1);
  await page.getByText(/^Faces in no group \(\d+ faces\)$/).click();
  const susan = loose(page).filter({ hasText: 'susan-helms.jpg' });
  await expect(susan).toHaveCount(1);
  await look(page, 'photos-loose');
  await name(susan, 'Susan Helms');
  await expect(message(page, '1 face named Susan Helms.')).toBeVisible();
  await expect(groups(page).filter({ hasText: 'Susan Helms' })).toHaveCount(1);
  await expect(susan).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(susan).toHaveCount(1);
  await expect(groups(page)).toHaveCount(1);
  await go(page, 'People');
  await expect(people(page)).toHaveCount(0);
});

test('a face that was taken out of its group can be given its right name', async ({ page }, info) => {
  await openWith(page, info.outputPath(), 'Edward Lu');
  await groups(page).first().getByRole('link').click();
  // The best one, the first, is the crew’s.
  await page.getByRole('button', { name: /^Not the same.*face 2$/ }).click();
  await expect(message(page, /^The face is no longer counted as/)).toBeVisible();
  await page.getByRole('link', { name: 'All photos' }).click();
  await page.getByText(/^Faces in no group/).click();
  const face = loose(page).filter({ hasText: 'edward-lu.jpg' });
  await name(face, 'Edward Lu');
  await expect(groups(page).filter({ hasText: 'Edward Lu' })).toHaveCount(1);
});

test('a second group given the name of the first joins it, and leaves it again with Undo', async ({ page }, info) => {
  await openWith(page, info.outputPath(), 'Edward Lu', 'Daniel Burbank');
  await expect(groups(page)).toHaveCount(2);
  await name(groups(page).first(), 'Ada');
  await expect(groups(page).filter({ hasText: 'Ada' })).toContainText('2 pictures');
  await name(groups(page).filter({ hasNotText: 'Ada' }), 'ada');
  await expect(message(page, '2 faces named Ada.')).toBeVisible();
  await expect(groups(page)).toHaveCount(1);
  await expect(groups(page)).toContainText('3 pictures'); // both are in the crew's
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(groups(page)).toHaveCount(2);
  await expect(groups(page).filter({ hasText: 'Ada' })).toContainText('2 pictures');
});
