import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { addPerson, expect, go, message, openApp, people, portrait, ready, sample, test } from './appTest';
import { look } from './look';
import { classFolders, tinyRecipe } from './classFolders';

/** Rows of each table that keeps something of a face in Photos or of a training, and the trainings' pictures. */
function kept(page: Page) {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('facenet-web');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error!);
    });
    const count = (table: string) =>
      new Promise<number>((resolve) => {
        const request = database.transaction(table).objectStore(table).count();
        request.onsuccess = () => resolve(request.result);
      });
    const [faces, crops, vectors] = [await count('photoFaces'), await count('photoCrops'), await count('photoVectors')];
    const [runs, tensors, meta] = [await count('trainRuns'), await count('checkpoints'), await count('checkpointMeta')];
    const checkpoints = tensors + meta;
    database.close();
    const pictures = (await (await caches.open('facenet-training-pictures')).keys()).length;
    return { faces, crops, vectors, runs, checkpoints, pictures };
  });
}

const askToDelete = async (page: Page, name: string) => {
  await go(page, 'People');
  await people(page).filter({ hasText: name }).getByRole('link').click();
  await page.getByRole('button', { name: `Delete ${name}` }).click();
};

test('deleting a person takes their faces out of Photos too, with Undo, and a file that comes back brings none', async ({
  page,
}, info) => {
  const folder = info.outputPath('Crew');
  mkdirSync(folder);
  for (const name of ['edward-lu', 'susan-helms'])
    copyFileSync(sample(`portraits/${name}.jpg`), join(folder, `${name}.jpg`));
  copyFileSync(sample('sts-106-crew.jpg'), join(folder, 'crew.jpg')); // seven faces, Edward Lu among them
  const give = () => page.locator('input[webkitdirectory]').setInputFiles(folder);
  const groups = page.getByRole('list', { name: 'People in the photos' }).getByRole('listitem');
  await openApp(page, 'People');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await go(page, 'Photos');
  await give();
  await expect(groups.filter({ hasText: 'Edward Lu' })).toContainText('2', { timeout: 90_000 });
  await ready(page);
  const before = await kept(page);
  expect(before.faces).toBe(9);
  rmSync(join(folder, 'edward-lu.jpg'));
  await give();
  await expect(message(page, /1 picture is no longer in Crew/)).toBeVisible({ timeout: 60_000 });
  expect((await kept(page)).faces).toBe(8);

  await askToDelete(page, 'Edward Lu');
  const dialog = page.getByRole('dialog', { name: 'Delete Edward Lu?' });
  await expect(dialog.getByRole('checkbox', { name: /their 1 face in Photos/ })).toBeChecked();
  await page.setViewportSize({ width: 360, height: 640 });
  await look(page, 'phone-delete-person');
  await page.setViewportSize({ width: 1280, height: 720 });
  await dialog.getByRole('button', { name: 'Keep Edward Lu' }).click();
  expect((await kept(page)).faces).toBe(8);
  await page.getByRole('button', { name: 'Delete Edward Lu' }).click();
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(message(page, 'Edward Lu was deleted.')).toBeVisible();
  expect(await kept(page)).toMatchObject({ faces: 7, crops: 7, vectors: 7 });
  await page.getByRole('log', { name: 'Messages' }).getByRole('button', { name: 'Undo' }).last().click();
  await expect(people(page)).toHaveText(/Edward Lu/);
  await expect.poll(async () => (await kept(page)).crops).toBe(8);

  await askToDelete(page, 'Edward Lu');
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(people(page)).toHaveCount(0);
  copyFileSync(sample('portraits/edward-lu.jpg'), join(folder, 'edward-lu.jpg'));
  await go(page, 'Photos');
  await give();
  await expect(page.getByRole('list', { name: 'Pictures found' }).getByRole('listitem')).toHaveCount(3);
  await ready(page);
  expect(await kept(page), 'the picture is back, the face is not').toMatchObject({ faces: 7, crops: 7, vectors: 7 });
  await page.reload();
  await ready(page);
  await expect(groups.filter({ hasText: 'Edward Lu' })).toHaveCount(0);
  expect((await kept(page)).faces).toBe(7);
});

test('without the box ticked faces in Photos stay, without a name', async ({ page }, info) => {
  const folder = info.outputPath('Crew');
  mkdirSync(folder);
  copyFileSync(sample('portraits/edward-lu.jpg'), join(folder, 'edward-lu.jpg'));
  await openApp(page, 'People');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await go(page, 'Photos');
  await page.locator('input[webkitdirectory]').setInputFiles(folder);
  await expect(page.getByRole('list', { name: 'People in the photos' })).toContainText('Edward Lu', {
    timeout: 90_000,
  });
  await ready(page);
  await askToDelete(page, 'Edward Lu');
  await page.getByRole('checkbox', { name: /in Photos/ }).uncheck();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(message(page, 'Edward Lu was deleted.')).toBeVisible();
  expect((await kept(page)).faces).toBe(1);
});

test('deleting a person removes the trainings with their pictures, where it is ticked', async ({ page }, info) => {
  await openApp(page, 'People');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await go(page, 'Train');
  await page
    .locator('input[type=file][data-role=trained]')
    .setInputFiles(await classFolders(page, info.outputPath('people')));
  await expect(page.getByText('3 people with 12 faces from the folder “people”.')).toBeVisible({ timeout: 60_000 });
  await page.getByLabel('Strangers').selectOption({ label: 'The people of the sample pictures' });
  await tinyRecipe(page, 200);
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(page.getByText(/step \d+ of \d+/)).toBeVisible({ timeout: 120_000 });
  await expect.poll(() => kept(page)).toMatchObject({ runs: 1, pictures: 1 });

  await askToDelete(page, 'Edward Lu');
  const dialog = page.getByRole('dialog', { name: 'Delete Edward Lu?' });
  const box = dialog.getByRole('checkbox', { name: /remove 1 training made with their pictures/ });
  await expect(box, 'what cannot be undone is not chosen by itself').not.toBeChecked();
  await box.check();
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(message(page, 'Edward Lu was deleted.')).toBeVisible();
  // A checkpoint that was being written when the run was removed would show itself now.
  await page.waitForTimeout(1500);
  await expect.poll(() => kept(page)).toMatchObject({ runs: 0, checkpoints: 0, pictures: 0 });
  await go(page, 'Train');
  await expect(page.getByText(/was left after step/)).toHaveCount(0);
});
