import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, go, openApp, portrait, test } from './appTest';
import { tinyRecipe } from './classFolders';
import { plainPng } from '../cli/plainPng';

/** A folder of people with as many copies of one portrait each as `people` says. */
function copies(folder: string, people: Readonly<Record<string, number>>): string {
  for (const [name, count] of Object.entries(people)) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < count; i++) copyFileSync(portrait(name), join(folder, name, `${i}.jpg`));
  }
  return folder;
}

test('pictures that cannot be trained on: each a sentence, and nothing begins', async ({ page }, info) => {
  await openApp(page, 'Train');
  const trained = page.locator('input[type=file][data-role=trained]');
  const start = page.getByRole('button', { name: 'Start training' });

  const spoilt = copies(info.outputPath('spoilt'), { 'Edward Lu': 2 });
  for (const [name, bytes] of [
    ['Letter', Buffer.from('no picture at all')],
    ['Wall', plainPng(200, 200, 128)],
  ] as const) {
    mkdirSync(join(spoilt, name));
    writeFileSync(join(spoilt, name, `${name}.png`), bytes);
  }
  await trained.setInputFiles(spoilt);
  await expect(page.getByText('1 person with 2 faces from the folder “spoilt”.')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('Letter.png is not a picture that this browser can read.')).toBeVisible();
  await expect(page.getByText('No face was found in Wall/Wall.png.')).toBeVisible();
  await expect(page.getByText('There is only one person, and nobody to tell apart')).toBeVisible();
  await expect(start).toBeDisabled();

  await trained.setInputFiles(copies(info.outputPath('single'), { 'Edward Lu': 1, 'Susan Helms': 1 }));
  await expect(page.getByText('Every person has only one picture: add a second one')).toBeVisible({ timeout: 60_000 });
  await expect(start).toBeDisabled();

  await trained.setInputFiles(copies(info.outputPath('same'), { 'Edward Lu': 3, 'Susan Helms': 3 }));
  await expect(page.getByText('2 people with 6 faces from the folder “same”.')).toBeVisible({ timeout: 60_000 });
  await page.getByLabel('Strangers').selectOption({ label: 'None' });
  await tinyRecipe(page, 1);
  await go(page, 'Settings');
  await go(page, 'Train'); // what was chosen is still chosen
  await start.click();
  const same = 'There is too little to train on: every person’s pictures are all the same one.';
  await expect(page.getByText(same)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('button', { name: 'Resume' }), 'the same pictures would not do better').toHaveCount(0);
  await page.getByRole('button', { name: 'Cancel the training' }).click();
  await page.getByRole('button', { name: 'Cancel it for good' }).click();
  await expect(start).toBeVisible();
  await expect(page.getByText('was left after step')).toHaveCount(0);
});
