import { deleteDB } from 'idb';
import { afterEach, expect, test } from 'vitest';
import type { NewFace, Store } from '../../../src/store/schema';
import { openStore } from '../../../src/store/store';
import { newFace } from '../../unit/store/storeBehaviour';
import { withRoom } from '../quota';

const PASSPHRASE = 'ten thousand faces';
const opened: { name: string; store: Store }[] = [];
async function open(): Promise<Store> {
  const name = `backup-${crypto.randomUUID()}`;
  const store = await openStore(name);
  opened.push({ name, store });
  return store;
}
afterEach(async () => {
  for (const { name, store } of opened.splice(0)) {
    store.close();
    await deleteDB(name);
  }
});

/** A face with a crop of some bytes, all of the same content: many share one Blob. */
function faceWith(mark: number, picture: Blob): NewFace {
  const face = newFace(mark);
  return { ...face, crop: { ...face.crop, picture } };
}
/** How much is read at once, counted where the browser is asked. */
function countLargestRead() {
  const proto = IDBObjectStore.prototype;
  const original = proto.getAll;
  let largest = 0;
  proto.getAll = function (this: IDBObjectStore, ...args: Parameters<typeof original>) {
    const request = original.apply(this, args);
    if (this.name === 'faces')
      request.addEventListener('success', () => (largest = Math.max(largest, request.result.length)));
    return request;
  };
  return {
    get largest() {
      return largest;
    },
    end() {
      proto.getAll = original;
    },
  };
}

test('10,000 faces are written and restored page by page, in one transaction', async () => {
  const source = await open();
  const picture = new Blob([new Uint8Array(2_000).fill(7)], { type: 'image/jpeg' });
  for (let person = 0; person < 10; person++)
    await source.addPerson(
      `Person ${person}`,
      Array.from({ length: 1_000 }, (_, i) => faceWith(person * 1_000 + i, picture)),
    );
  const reads = countLargestRead();
  let file: Blob;
  const target = await open();
  try {
    file = await source.writeBackup(PASSPHRASE);
    expect(file.size).toBeGreaterThan(20_000_000);
    const checked = await target.checkBackup(file, 'b', PASSPHRASE);
    expect(checked.summary).toMatchObject({ people: 10, faces: 10_000 });
    let told = 0;
    target.onChange(() => told++);
    await checked.restore('replace');
    expect(told, 'one write').toBe(1);
    expect(reads.largest, 'faces read at once').toBeLessThanOrEqual(64);
  } finally {
    reads.end();
  }
  const faces = await target.faces();
  expect(faces).toHaveLength(10_000);
  expect(new Set(faces.map(({ embedding }) => embedding.vector[0])).size).toBe(10_000);
  expect((await target.people()).map(({ name }) => name).sort()[9]).toBe('Person 9');
});

test('no room for a restore, or stopped in its middle: what was here is as it was', async () => {
  const source = await open();
  const picture = new Blob([crypto.getRandomValues(new Uint8Array(60_000))], { type: 'image/jpeg' });
  await source.addPerson(
    'Many',
    Array.from({ length: 100 }, (_, i) => faceWith(i, picture)),
  );
  const file = await source.writeBackup(PASSPHRASE);
  source.close();
  await withRoom(2_000_000, async () => {
    const store = await open();
    await store.addPerson('Ada', [newFace(1)]);
    const checked = await store.checkBackup(file, 'b', PASSPHRASE);
    await expect(checked.restore('replace')).rejects.toMatchObject({ code: 'store/full' });
    expect(await store.people()).toMatchObject([{ name: 'Ada' }]);
    const abort = new AbortController();
    const restoring = checked.restore('replace', { signal: abort.signal, onProgress: () => abort.abort() });
    await expect(restoring).rejects.toMatchObject({ code: 'aborted' });
    expect(await store.people()).toMatchObject([{ name: 'Ada' }]);
    expect(await store.faces()).toHaveLength(1);
  });
});
