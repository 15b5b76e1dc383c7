/** The cohort, by which distances are evened out over kinds of faces: when it is loaded, and stored faces without its means. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { runnerImport } from 'vite';
import {
  addPerson,
  choose,
  expect,
  faces,
  go,
  message,
  openApp,
  people,
  portrait,
  ready,
  sample,
  test,
} from './appTest';

/** The addresses below `cohorts/` that the page asks for from now on. */
function cohortRequests(page: Page): string[] {
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/cohorts/')) asked.push(request.url());
  });
  return asked;
}

/** In the page: for each embedding of a table the cohort of its mean, or none; with `drop`, the means are taken away first. */
async function means({ table, drop }: { table: 'faces' | 'photoVectors'; drop: boolean }): Promise<string[]> {
  interface Row {
    embedding: { cohortMean?: { cohort: string; mean: number } };
  }
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open('facenet-web');
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error!);
  });
  const transaction = database.transaction(table, 'readwrite');
  const rows = await new Promise<Row[]>((resolve) => {
    const reading = transaction.objectStore(table).getAll();
    reading.onsuccess = () => resolve(reading.result as Row[]);
  });
  const found = rows.map(({ embedding }) => embedding.cohortMean?.cohort ?? 'none').sort();
  if (drop)
    for (const row of rows) {
      delete row.embedding.cohortMean;
      transaction.objectStore(table).put(row);
    }
  await new Promise((resolve) => {
    transaction.oncomplete = resolve;
    transaction.commit();
  });
  database.close();
  return found;
}

test('the cohort is loaded when a face is matched, not before, once; “Delete everything” removes what was kept', async ({
  page,
}) => {
  const asked = cohortRequests(page);
  await openApp(page, 'People');
  for (const view of ['Photos', 'Settings', 'Recognise'] as const) await go(page, view);
  expect(asked).toEqual([]);
  await choose(page, portrait('Edward Lu'));
  await expect(faces(page, 'edward-lu.jpg')).toHaveText(/nobody in your list yet/);
  expect(asked).toHaveLength(1);
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  const kept = () => page.evaluate(async () => (await (await caches.open('facenet-models-kept')).keys()).length);
  await expect.poll(kept).toBe(3); // detector, embedder, cohort

  // The next start takes the copy: the list's faces are matched with one another.
  await page.route('**/cohorts/**', (route) => route.abort());
  await page.reload();
  await ready(page);
  await go(page, 'Recognise');
  await choose(page, portrait('Edward Lu'));
  await expect(faces(page, 'edward-lu.jpg')).toHaveText(/Edward Lu/);
  expect(asked).toHaveLength(1);

  await go(page, 'Settings');
  await page.getByRole('button', { name: 'Delete everything…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete everything' }).click();
  await expect(page.getByRole('heading', { name: 'Everything is deleted' })).toBeVisible();
  expect(await page.evaluate(() => caches.keys())).toEqual([]);
});

for (const [what, sentence] of [
  ['missing', 'it is not there'],
  ['damaged', 'it is damaged'],
] as const)
  test(`a cohort that is ${what} is said in a sentence, nothing is lost, and it works once it is there`, async ({
    page,
  }) => {
    await openApp(page, 'People');
    await page.route('**/cohorts/**', async (route) => {
      if (what === 'missing') return route.fulfill({ status: 404 });
      const response = await route.fetch();
      const body = await response.body();
      body[body.length >> 1]! ^= 1;
      await route.fulfill({ response, body });
    });
    await go(page, 'Recognise');
    await choose(page, portrait('Edward Lu'));
    await expect(page.getByRole('main')).toContainText('Faces cannot be matched now');
    await expect(page.getByRole('main')).toContainText(sentence);
    await page.unroute('**/cohorts/**');
    await choose(page, sample('portraits/susan-helms.jpg'));
    await expect(faces(page, 'susan-helms.jpg')).toHaveText(/nobody in your list yet/);
  });

test('people and photos of the version before get their means in the background; so does a restored backup', async ({
  page,
}, info) => {
  await openApp(page, 'People');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await go(page, 'Photos');
  const folder = info.outputPath('Holiday');
  mkdirSync(folder);
  for (const name of ['Susan Helms', 'Edward Lu']) copyFileSync(portrait(name), join(folder, `${name}.jpg`));
  await page.locator('input[webkitdirectory]').setInputFiles(folder);
  await expect(page.getByRole('list', { name: 'Pictures found' }).getByRole('listitem')).toHaveCount(2, {
    timeout: 90_000,
  });
  await ready(page);
  const [cohort] = await page.evaluate(means, { table: 'faces', drop: true } as const);
  expect(cohort).not.toBe('none');
  await page.evaluate(means, { table: 'photoVectors', drop: true } as const);
  expect(await page.evaluate(means, { table: 'photoVectors', drop: false } as const)).toEqual(['none', 'none']);
  await page.reload();
  await ready(page);
  await expect.poll(() => page.evaluate(means, { table: 'faces', drop: false } as const)).toEqual([cohort]);
  await expect
    .poll(() => page.evaluate(means, { table: 'photoVectors', drop: false } as const))
    .toEqual([cohort, cohort]);

  const { module } = await runnerImport<typeof import('../../fixtures/hostileBackup')>(
    './test/fixtures/hostileBackup.ts',
  );
  const embedding = { modelId: 'mobilefacenet-192', vector: new Float32Array(192).fill(192 ** -0.5) };
  const old = await module.backup(module.person('p', 'Ada'), module.faceRecord('f', 'p', 192, { embedding }));
  await go(page, 'Settings');
  await page.locator('input[type=file][accept=".facenet-backup"]').setInputFiles({
    name: 'old.facenet-backup',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(await old.arrayBuffer()),
  });
  await page.getByLabel('Its passphrase').fill(module.PASSPHRASE);
  await page.getByRole('button', { name: 'Check it' }).click();
  await page.getByRole('button', { name: 'Add to what is here' }).click();
  await expect(message(page, 'The backup is restored.')).toBeVisible();
  await expect.poll(() => page.evaluate(means, { table: 'faces', drop: false } as const)).toEqual([cohort, cohort]);
  await go(page, 'People');
  await expect(people(page)).toHaveCount(2);
});
