import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { zipSync } from 'fflate';
import { addPerson, expect, go, message, openApp, people, portrait, ready, sample, freshTest, test } from './appTest';
import { classFolders, tinyRecipe } from './classFolders';

/** The photo library's and the trainings' tables that one write changes together. */
const OTHER_TABLES = ['photos', 'photoFaces', 'photoVectors', 'photoCrops', 'checkpoints'];
const NOTE = 'The app is open in another tab';

test('of two tabs one writes and the other follows, takes over, and inherits', async ({ page, context, baseURL }) => {
  await openApp(page, 'People');
  await expect(page.getByText(NOTE)).toHaveCount(0);
  const other = await context.newPage();
  await other.goto(`${baseURL}#/people`);
  await ready(other);
  await expect(other.getByText(NOTE)).toBeVisible();
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await expect(people(other)).toHaveText([/Edward Lu\s*1 face/]);

  await go(other, 'Settings');
  await other.getByLabel('Different people taken for the same').selectOption({ label: '1 in 100 comparisons' });
  await expect(other.getByText('Take over in this tab first.')).toBeVisible();

  await other.getByRole('button', { name: 'Take over here' }).click();
  await expect(other.getByText(NOTE)).toHaveCount(0);
  await expect(page.getByText(NOTE)).toBeVisible();
  await addPerson(other, 'Susan Helms', portrait('Susan Helms'));
  await expect(people(page)).toHaveCount(2);

  await other.close();
  await expect(page.getByText(NOTE), 'the tab that is left writes').toHaveCount(0);
});

freshTest(
  'a tab killed in the middle of a write leaves a store that opens clean, and nobody holds the lock',
  async ({ page, context, baseURL }) => {
    await openApp(page, 'People');
    await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
    // A long write of the stores' own kind: one transaction over people, photos and a checkpoint, under way when the tab dies.
    await page.evaluate(
      async ([tables, others]) => {
        const db = await new Promise<IDBDatabase>((resolve) => {
          const request = indexedDB.open('facenet-web');
          request.onsuccess = () => resolve(request.result);
        });
        const before = db.transaction(others, 'readwrite');
        for (const name of others)
          before.objectStore(name).put({ id: 'kept', runId: 'kept', folderId: 'f', photoId: 'p' });
        await new Promise((resolve) => (before.oncomplete = resolve));
        const transaction = db.transaction(tables, 'readwrite');
        for (const name of tables) transaction.objectStore(name).clear();
        let n = 0;
        await new Promise<void>((begun) => {
          const more = () => {
            const table = transaction.objectStore(tables[n % tables.length]!);
            const row = { id: `x${n++}`, runId: `x${n}`, name: `x${n}`, createdAt: n, bytes: new Uint8Array(100_000) };
            table.put(row).onsuccess = more;
            if (n === 50) begun();
          };
          more();
        });
      },
      [['people', 'faces', ...OTHER_TABLES], OTHER_TABLES] as const,
    );
    const devtools = await context.newCDPSession(page);
    const crashed = page.waitForEvent('crash');
    void devtools.send('Page.crash').catch(() => undefined); // its answer never comes
    await crashed;
    // Tabs of one site share a process: the next one is opened when the first is dead.
    const other = await context.newPage();
    await other.goto(`${baseURL}#/people`);
    await ready(other);
    await expect(other.getByText(NOTE), 'the lock died with its tab').toHaveCount(0);
    await expect(people(other)).toHaveText([/Edward Lu\s*1 face/]);
    await addPerson(other, 'Susan Helms', portrait('Susan Helms'));
    await expect(people(other)).toHaveCount(2);
    const kept = await other.evaluate(async (tables) => {
      const db = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open('facenet-web');
        request.onsuccess = () => resolve(request.result);
      });
      const transaction = db.transaction(tables);
      return Promise.all(
        tables.map(
          (name) =>
            new Promise<unknown>((resolve) => {
              const request = transaction.objectStore(name).getAllKeys();
              request.onsuccess = () => resolve(request.result);
            }),
        ),
      );
    }, OTHER_TABLES);
    expect(kept, 'photos and checkpoints are as they were').toEqual(OTHER_TABLES.map(() => ['kept']));
  },
);

test('the tab that follows sees photos and a training come, and continues both when it takes over', async ({
  page,
  context,
  baseURL,
}, info) => {
  const pictures = (tab: Page) => tab.getByRole('list', { name: 'Pictures found' }).getByRole('listitem');
  const add = async (tab: Page, name: string) => {
    const zip = zipSync({ [name]: await readFile(sample(`portraits/${name}`)) });
    const file = { name: 'crew.zip', mimeType: 'application/zip', buffer: Buffer.from(zip) };
    await tab.locator('input[accept*=zip]').setInputFiles(file);
  };
  await openApp(page, 'Train');
  const folder = await classFolders(page, info.outputPath('p'));
  await page.locator('input[type=file][data-role=trained]').setInputFiles(folder);
  await expect(page.getByText('3 people with 12 faces')).toBeVisible({ timeout: 60_000 });
  await page.getByLabel('Strangers').selectOption({ label: 'None' });
  await tinyRecipe(page, 500);
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(page.getByText(/step \d+ of/)).toBeVisible({ timeout: 60_000 });
  const other = await context.newPage();
  await other.goto(`${baseURL}#/train`);
  await expect(other.getByText(/“Trained on 3 people” of .* is in the other tab, at step \d+\./)).toBeVisible();
  await ready(other);

  await go(other, 'Photos');
  await add(other, 'susan-helms.jpg');
  await expect(message(other, /Take over in this tab first\./)).toBeVisible();
  await go(page, 'Photos');
  await add(page, 'edward-lu.jpg');
  await expect(pictures(other)).toHaveCount(1, { timeout: 60_000 });

  await other.getByRole('button', { name: 'Take over here' }).click();
  await expect(other.getByText(NOTE)).toHaveCount(0);
  await add(other, 'susan-helms.jpg');
  await expect(pictures(page)).toHaveCount(2, { timeout: 60_000 });
  await go(page, 'Train');
  await expect(page.getByText(/“Trained on 3 people” of .* is in the other tab/), 'left by the first').toBeVisible();
  await go(other, 'Train');
  await other.getByRole('button', { name: 'Resume' }).click();
  await expect(other.getByText(/step \d+ of/), 'resumed by the second').toBeVisible({ timeout: 60_000 });
});
