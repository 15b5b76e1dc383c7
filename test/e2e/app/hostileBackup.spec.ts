import type { Page } from '@playwright/test';
import { runnerImport } from 'vite';
import { addPerson, choose, expect, faces, go, openApp, portrait, ready, test } from './appTest';

const load = async () =>
  (await runnerImport<typeof import('../../fixtures/hostileBackup')>('./test/fixtures/hostileBackup.ts')).module;

/** The list of models is whole, and the person who is here is known. */
async function works(page: Page): Promise<void> {
  await go(page, 'Settings');
  for (const title of ['FaceNet (VGGFace2', 'MobileFaceNet (embedded'])
    await expect(page.getByRole('list', { name: 'Models' })).toContainText(title);
  await go(page, 'Recognise');
  await choose(page, portrait('Edward Lu'));
  await expect(faces(page, 'edward-lu.jpg')).toHaveText(/Edward Lu/, { timeout: 60_000 });
}

test('a hostile backup is refused in a sentence, and Settings and recognition work on', async ({ page }) => {
  const { impostorBackup, unevenBackup, PASSPHRASE } = await load();
  await openApp(page, 'People');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await go(page, 'Settings');
  const panel = page.getByRole('region', { name: 'Backup' });
  for (const [bytes, reason] of [
    [await impostorBackup(), /is damaged or was modified/],
    [await unevenBackup(), /an embedding is not as long as its model makes them/],
  ] as const) {
    const file = { name: 'family.facenet-backup', mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) };
    await page.locator('input[type=file][accept=".facenet-backup"]').setInputFiles(file);
    await page.getByLabel('Its passphrase').fill(PASSPHRASE);
    await page.getByRole('button', { name: 'Check it' }).click();
    await expect(panel.getByRole('alert')).toContainText(reason);
  }
  await page.reload();
  await ready(page);
  await works(page);
});

test('what an earlier version let in does no harm: a model under a published id, embeddings of two lengths', async ({
  page,
}) => {
  await openApp(page, 'People');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('facenet-web');
      request.onsuccess = () => resolve(request.result);
    });
    const all = (table: string) =>
      new Promise<Record<string, unknown>[]>((resolve) => {
        const request = database.transaction(table).objectStore(table).getAll();
        request.onsuccess = () => resolve(request.result as Record<string, unknown>[]);
      });
    const [face] = await all('faces');
    const { modelId } = face!['embedding'] as { modelId: string };
    const transaction = database.transaction(['people', 'faces', 'trainedModels', 'trainedFiles'], 'readwrite');
    // First by name, as in the finding: its length was taken for everybody's.
    transaction.objectStore('people').put({ id: 'short', name: 'A short one', createdAt: 1 });
    transaction.objectStore('faces').put({
      ...face,
      id: 'short',
      personId: 'short',
      embedding: { modelId, vector: new Float32Array([0.1, 0.2, 0.3]) },
      // Its crop is no picture: it cannot be embedded again either.
      crop: { ...(face!['crop'] as object), bytes: new ArrayBuffer(3) },
    });
    for (const id of ['facenet-20180402-114759', 'mobilefacenet-192']) {
      transaction.objectStore('trainedModels').put({
        id,
        title: 'Impostor',
        createdAt: 1,
        base: null,
        architecture: 'inceptionResnetV1',
        width: -3,
        folded: true,
        embeddingSize: 512,
        inputSize: 160,
        standardisation: { mean: [0, 0, 0], divisor: 0 },
        crop: 'facenet',
        normalised: true,
        threshold: 1e9,
        defaultFar: 1e-3,
        calibration: [],
        run: null,
        licence: '',
        credit: '',
        selfTest: null,
        people: [],
        report: null,
        files: { float32: { bytes: 4, sha256: 'x' } },
      });
      transaction.objectStore('trainedFiles').put({
        id: `${id}.float32`,
        modelId: id,
        precision: 'float32',
        bytes: new Uint8Array(4),
      });
    }
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    database.close();
  });
  await page.reload();
  await ready(page);
  await works(page);
  await go(page, 'Settings');
  await expect(page.getByText('Impostor')).toHaveCount(0);
});
