import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { addPerson, choose, expect, go, message, openApp, picture, portrait, ready, test } from './appTest';
import { turnedCopy } from './lyingPicture';
import { look } from './look';

const BARRY = 'Daniel Barry';
/** His face in that picture, where it is known: the words of an unknown face name the nearest person too. */
const known = (page: Page, name: string) => picture(page, name).getByRole('button', { name: `Correct ${BARRY}` });
const BOX = 'Also look for people who are upside down or on their side';

test('Recognise offers to look for turned faces, in one picture or in all that follow, and knows who lies', async ({
  page,
}, info) => {
  await openApp(page);
  await addPerson(page, BARRY, portrait(BARRY));
  await go(page, 'Recognise');
  const aside = await turnedCopy(page, portrait(BARRY), 1, info.outputPath('aside.jpg'));
  await choose(page, aside, portrait(BARRY));
  await ready(page);

  await expect(picture(page, 'daniel-barry.jpg').getByRole('button', { name: /turned faces/ })).toHaveCount(0);
  await expect(known(page, 'aside.jpg')).toHaveCount(0);
  await look(page, 'recognise-turned-offer');
  await picture(page, 'aside.jpg').getByRole('button', { name: 'Look for turned faces in aside.jpg' }).click();
  await expect(known(page, 'aside.jpg')).toHaveCount(1, { timeout: 60_000 });
  await expect(picture(page, 'aside.jpg').getByRole('button', { name: /turned faces/ })).toHaveCount(0);

  // The box holds at once for the pictures whose people may lie, and for those that follow.
  await page.getByRole('button', { name: 'Clear the pictures' }).click();
  const headlong = await turnedCopy(page, portrait(BARRY), 2, info.outputPath('headlong.jpg'));
  await choose(page, headlong);
  await ready(page);
  await expect(picture(page, 'headlong.jpg').getByRole('button', { name: /turned faces/ })).toBeVisible();
  await page.getByLabel(BOX).check();
  await expect(known(page, 'headlong.jpg')).toHaveCount(1, { timeout: 60_000 });
  await choose(page, aside);
  await expect(known(page, 'aside.jpg')).toHaveCount(1, { timeout: 60_000 });
});

test('a lying picture of a new person: turned upright on request, and then they are known', async ({ page }, info) => {
  await openApp(page, 'People');
  const aside = await turnedCopy(page, portrait(BARRY), 1, info.outputPath('aside.jpg'));
  await page.getByRole('button', { name: 'Add a person' }).click();
  const form = page.getByRole('form', { name: 'Add a person' });
  await form.getByLabel('Name').fill(BARRY);
  await choose(form, aside);
  const offer = form.getByRole('button', { name: 'Look for turned faces in aside.jpg' });
  await expect(offer).toBeVisible({ timeout: 60_000 });
  await look(page, 'people-turned-offer');
  await offer.click();
  await expect(offer).toHaveCount(0);
  await form.getByRole('button', { name: 'Save 1 face' }).click({ timeout: 60_000 });
  await expect(form).toHaveCount(0);

  await go(page, 'Recognise');
  await choose(page, portrait(BARRY));
  await expect(known(page, 'daniel-barry.jpg')).toHaveCount(1, { timeout: 60_000 });
});

test('Photos’ search by a face finds who lies in the picture that is asked with, where the box is ticked', async ({
  page,
}, info) => {
  await openApp(page, 'Photos');
  const folder = info.outputPath('Crew');
  mkdirSync(folder);
  for (const name of ['daniel-barry', 'susan-helms']) copyFileSync(portrait(name), join(folder, `${name}.jpg`));
  await page.locator('input[webkitdirectory]').setInputFiles(folder);
  await expect(page.getByText('2 pictures,')).toBeVisible({ timeout: 90_000 });
  await ready(page);
  const aside = await turnedCopy(page, portrait(BARRY), 1, info.outputPath('aside.jpg'));
  await choose(page, aside);
  await expect(page.getByText('0 pictures with the face in aside.jpg').first()).toBeVisible({ timeout: 60_000 });
  await page.getByLabel(BOX).check();
  await choose(page, aside);
  await expect(page.getByText('1 picture with the face in aside.jpg').first()).toBeVisible({ timeout: 60_000 });
});

test('Train turns lying faces upright by itself, and says so', async ({ page }, info) => {
  await openApp(page, 'Train');
  const folder = info.outputPath('class');
  for (const name of [BARRY, 'Susan Helms']) {
    mkdirSync(join(folder, name), { recursive: true });
    copyFileSync(portrait(name), join(folder, name, '0.jpg'));
    await turnedCopy(page, portrait(name), 3, join(folder, name, '1.jpg'));
  }
  await page.locator('input[type=file][data-role=trained]').setInputFiles(folder);
  await expect(page.getByText('2 people with 4 faces from the folder “class”.')).toBeVisible({ timeout: 60_000 });
  for (const name of [BARRY, 'Susan Helms'])
    await expect(
      page.getByText(`The face in ${name}/1.jpg lies on its side or upside down: it was turned upright.`),
    ).toBeVisible();
  await expect(message(page, /./)).toHaveCount(0);
});
