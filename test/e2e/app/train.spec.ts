import type { Page } from '@playwright/test';
import { classFolders, tinyRecipe } from './classFolders';
import { nextEmbedding, watchEmbedding } from './embedding';
import { fillRoom, freeRoom, limitRoom } from './fullDisk';
import { addPerson, choose, expect, go, message, openApp, portrait, ready, freshTest as test } from './appTest';

const trained = (page: Page) => page.locator('input[type=file][data-role=trained]');
const start = (page: Page) => page.getByRole('button', { name: 'Start training' });
const step = /step (\d+) of \d+/;
const stepsDone = async (page: Page) => Number(step.exec(await page.getByRole('main').innerText())?.[1]);

test('trains on a folder, resumes after a reload and after a full disk, compares before and after, and one click goes back', async ({
  page,
  baseURL,
}, info) => {
  await limitRoom(page, baseURL!, 160 * 2 ** 20);
  await watchEmbedding(page);
  await openApp(page, 'People');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await go(page, 'Train');
  await trained(page).setInputFiles(await classFolders(page, info.outputPath('people')));
  await expect(page.getByText('3 people with 12 faces from the folder “people”.')).toBeVisible({ timeout: 60_000 });
  await page.getByLabel('Strangers').selectOption({ label: 'The people of the sample pictures' });
  await expect(
    page.getByText('3 people: 9 pictures to train on, 3 pictures held out for the evaluation.'),
  ).toBeVisible();
  await tinyRecipe(page, 6);
  await start(page).click();

  await expect(page.getByText(step)).toBeVisible({ timeout: 120_000 });
  await expect.poll(() => stepsDone(page), { timeout: 120_000 }).toBeGreaterThan(11);
  await page.reload();
  await expect(page.getByText(/“Trained on 3 people” of .* was left after step/)).toBeVisible();
  await ready(page);
  await fillRoom(page);
  await page.getByRole('button', { name: 'Resume' }).click();
  const full = page.getByText('The browser has no room left: nothing was saved.');
  await expect(full).toBeVisible({ timeout: 120_000 });
  await expect(full).toContainText('What was saved of this training is kept.');
  await freeRoom(page);
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(full).toHaveCount(0);
  await expect.poll(() => stepsDone(page), { timeout: 120_000 }).toBeGreaterThan(10);
  await expect(page.getByRole('img', { name: /^Loss: The loss began at/ })).toBeVisible();

  await expect(page.getByRole('heading', { name: 'Old against new' })).toBeVisible({ timeout: 120_000 });
  const row = page.getByRole('row', { name: /Strangers taken for one of your people/ });
  await expect(row.getByRole('cell')).toHaveText([/^\d+\.\d %$/, /^\d+\.\d %$/]);
  await page.getByLabel('Name of the new model').fill('Crew');
  await nextEmbedding(page, 'spoil');
  await page.getByRole('button', { name: 'Use the new model' }).click();
  await expect(message(page, 'Crew is used from now on.')).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText('is not a picture that this browser can read')).toBeVisible();
  await nextEmbedding(page, 'hold');
  await page.getByRole('button', { name: 'Try again' }).click();
  const preparing = page.getByRole('progressbar', { name: 'Re-embedding your people’s faces for this model…' });
  await expect(preparing, 'faces are re-embedded in the background, and the app can be used').toBeVisible();
  await expect(page.getByRole('button', { name: /^Go back to/ })).toBeEnabled();
  await go(page, 'Recognise');
  await choose(page, portrait('Edward Lu'));
  await expect(page.getByRole('article').getByRole('listitem')).toHaveText(/Unknown/);
  await expect(preparing).toBeVisible();
  await page.reload(); // in the middle: the next page resumes
  await ready(page);

  await go(page, 'Settings');
  const panel = page.getByRole('region', { name: 'What it runs on' });
  await expect(panel.getByRole('definition').filter({ hasText: 'Crew' })).toBeVisible();
  await go(page, 'Recognise');
  await choose(page, portrait('Edward Lu'));
  await expect(page.getByRole('article').getByRole('listitem'), 'people were prepared for the new model').toHaveText(
    /Edward Lu/,
  );

  await go(page, 'Train');
  await page.getByRole('button', { name: /^Go back to/ }).click();
  await expect(message(page, /is used again/)).toBeVisible({ timeout: 120_000 });
  await ready(page);
  await go(page, 'Settings');
  await expect(panel.getByRole('definition').filter({ hasText: 'Crew' })).toHaveCount(0);
  await expect(page.getByRole('list', { name: 'Models' })).toContainText('Crew');
});
