import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runnerImport } from 'vite';
import { addPerson, choose, expect, go, message, openApp, portrait, ready, test } from './appTest';

const FACENET = 'facenet-20180402-114759';
const PUBLISHER = 'https://webmachinelearning.github.io/';
const folder = join(process.env['FACENET_MODELS'] ?? '', FACENET);
const here = process.env['FACENET_MODELS'] !== undefined && existsSync(folder);

test('without the FaceNet model every view says so in one line, and the built-in one works', async ({ page }) => {
  await openApp(page, 'People');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await expect(page.getByText('Working with the small built-in model')).toBeVisible();
  await go(page, 'Settings');
  await expect(page.getByText('Working with the small built-in model')).toBeVisible();
  await go(page, 'Recognise');
  await expect(page.getByText('Working with the small built-in model')).toBeVisible();
  await choose(page, portrait('Edward Lu'));
  await expect(page.getByRole('article').getByRole('listitem')).toHaveText(/Edward Lu/);
});

test('the FaceNet model is downloaded from its publisher: progress, cancel, resume, then used; people are kept', async ({
  page,
  watch,
}) => {
  test.skip(!here && process.env['EXPECT_SHARED'] !== '1', 'FACENET_MODELS names no folder with the model');
  const asked: string[] = [];
  let slow = true;
  await page.route(`${PUBLISHER}**`, async (route) => {
    const name = basename(new URL(route.request().url()).pathname);
    asked.push(name);
    if (slow && asked.length > 20) await new Promise((resolve) => setTimeout(resolve, 500));
    await route
      .fulfill({ path: join(folder, name), headers: { 'Access-Control-Allow-Origin': '*' } })
      .catch(() => undefined); // cancelled meanwhile
  });
  await openApp(page, 'People');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await go(page, 'Settings');
  expect(watch.foreign, 'nothing is asked of the publisher before the user asks').toEqual([]);

  await page.getByRole('button', { name: 'Get the FaceNet model' }).click();
  await expect(page.getByText(/\d+(\.\d+)? [kM]B of 9\d(\.\d)? MB/)).toBeVisible();
  await expect.poll(() => asked.length).toBeGreaterThan(20);
  await go(page, 'People'); // it continues, and is still the only one
  await go(page, 'Settings');
  await page.getByRole('button', { name: 'Cancel' }).click();
  const goOn = page.getByRole('button', { name: 'Resume the download' });
  await expect(goOn).toBeVisible();
  const before = asked.length;
  slow = false;
  await goOn.click();
  const panel = page.getByRole('region', { name: 'What it runs on' });
  await expect(panel.getByRole('definition').filter({ hasText: 'FaceNet' })).toBeVisible({ timeout: 150_000 });
  await ready(page);
  const again = asked.slice(before).filter((name) => asked.slice(0, before).includes(name));
  expect(again.length, 'files asked for twice: only those in flight when cancelled').toBeLessThanOrEqual(12);
  await expect(page.getByText('Working with the small built-in model')).toHaveCount(0);

  await go(page, 'Recognise');
  await choose(page, portrait('Edward Lu'));
  await expect(page.getByRole('article').getByRole('listitem')).toHaveText(/Edward Lu/);
  expect(watch.foreign.length, 'the worker is watched too').toBeGreaterThan(200);
  expect(watch.foreign.filter((url) => !url.startsWith(PUBLISHER))).toEqual([]);
  watch.foreign.length = 0;
});

test('people enrolled by the built-in model of before are embedded again from their crops, and known', async ({
  page,
}) => {
  await openApp(page, 'People');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await addPerson(page, 'Susan Helms', portrait('Susan Helms'));
  const old = { modelId: 'dlib-resnet-v1', vector: Array.from({ length: 128 }, (_, i) => Math.sin(i) / 8) };
  await page.evaluate(rewriteEmbeddings, old);
  await page.reload();
  await ready(page);
  await expect
    .poll(() => page.evaluate(storedModels), { timeout: 60_000 })
    .toEqual(['mobilefacenet-192 192', 'mobilefacenet-192 192']);
  await go(page, 'Recognise');
  await choose(page, portrait('Susan Helms'));
  await expect(page.getByRole('article').getByRole('listitem')).toHaveText(/Susan Helms/);
  await go(page, 'Settings');
  await expect(page.getByText('Working with the small built-in model')).toBeVisible(); // and not “… is not known here”
});

/** In the page: every stored face and the choice of model become those of an earlier version. */
async function rewriteEmbeddings(old: { modelId: string; vector: number[] }): Promise<void> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open('facenet-web');
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error!);
  });
  const transaction = database.transaction(['faces', 'settings'], 'readwrite');
  const done = new Promise((resolve) => (transaction.oncomplete = resolve));
  transaction.objectStore('faces').openCursor().onsuccess = ({ target }) => {
    const cursor = (target as IDBRequest<IDBCursorWithValue | null>).result;
    if (!cursor) return;
    const embedding = { modelId: old.modelId, vector: Float32Array.from(old.vector) };
    cursor.update({ ...(cursor.value as object), embedding });
    cursor.continue();
  };
  transaction.objectStore('settings').put({ id: 'settings', model: old.modelId });
  await done;
  database.close();
}

/** In the page: the model of each stored face and how many numbers it has. */
async function storedModels(): Promise<string[]> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open('facenet-web');
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error!);
  });
  const faces = await new Promise<{ embedding: { modelId: string; vector: Float32Array } }[]>((resolve) => {
    const reading = database.transaction('faces').objectStore('faces').getAll();
    reading.onsuccess = () => resolve(reading.result as { embedding: { modelId: string; vector: Float32Array } }[]);
  });
  database.close();
  return faces.map(({ embedding }) => `${embedding.modelId} ${embedding.vector.length}`);
}

test('a trained model of a file says whose word its threshold is; another file of the same name is refused', async ({
  page,
}) => {
  const { module } = await runnerImport<typeof import('../../fixtures/trainedModel')>(
    './test/fixtures/trainedModel.ts',
  );
  const mine = await module.smallFile({}, true);
  const other = await module.underOtherThreshold(mine, 1.9);
  const give = (name: string, bytes: Uint8Array) =>
    page
      .getByRole('region', { name: 'Model' })
      .locator('input[type=file]')
      .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
  await openApp(page, 'Settings');
  await give('mine.safetensors', mine);
  await expect(
    message(page, 'My family is here and is used from now on. It was not trained in this browser'),
  ).toContainText('chose its threshold, 0.47, below which two faces are one person. It brings no test of itself.', {
    timeout: 60_000,
  });
  await ready(page);
  await give('other.safetensors', other);
  await expect(page.getByText('other.safetensors says that it is “My family”, which is here already')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Models' })).toContainText('My family');
});
