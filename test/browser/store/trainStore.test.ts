import { afterEach, describe, expect, test, vi } from 'vitest';
import { checkpoint, describeTrainStore, newModel, newRun } from '../../unit/store/trainStoreBehaviour';
import { withRoom } from '../quota';
import { newName, open } from './opened';

afterEach(() => void vi.restoreAllMocks());

/** What cannot be compressed away. */
function noise(bytes: number): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(data.subarray(at, at + 65_536));
  return data;
}

describe('in IndexedDB', () => {
  describeTrainStore(async () => (await open()).training);

  test('runs, checkpoints and models are there when the page comes back, and in other tabs', async () => {
    const name = newName();
    const [store, other] = [await open(name), await open(name)];
    expect(store.training.persistent).toBe(true);
    const heard = new Promise((resolve) => other.training.onChange(resolve));
    await store.training.saveRun(newRun('a', { step: 3 }));
    await store.training.sink('a').save(checkpoint(3));
    await store.training.saveModel(newModel('m'), new Map([['float16', new Uint8Array([7])]]));
    expect(await heard, 'elsewhere').toBe(true);
    expect(await other.training.run('a')).toMatchObject({ step: 3 });
    store.close();
    const again = (await open(name)).training;
    expect(await again.sink('a').latest()).toEqual(checkpoint(3));
    expect(await again.modelFile('m', 'float16')).toEqual(new Uint8Array([7]));
  });

  test('a checkpoint’s description is read without its tensors', async () => {
    const sink = (await open()).training.sink('a');
    await sink.save(checkpoint(3));
    const get = vi.spyOn(IDBObjectStore.prototype, 'get');
    const reads = () => get.mock.contexts.map((table) => (table as IDBObjectStore).name);
    expect(await sink.meta()).toBe(checkpoint(3).meta);
    expect(reads()).toEqual(['checkpointMeta']);
    await sink.latest();
    expect(reads().filter((table) => table === 'checkpoints')).toHaveLength(1);
  });

  test('no room for a checkpoint: store/full, and the one before is kept', async () => {
    const name = newName();
    await withRoom(4_000_000, async () => {
      const sink = (await open(name)).training.sink('a');
      await sink.save(checkpoint(1, 1000));
      await expect(sink.save({ meta: '{}', tensors: noise(8_000_000) })).rejects.toMatchObject({ code: 'store/full' });
      expect(await sink.latest()).toEqual(checkpoint(1, 1000));
    });
  });

  test('no room for a model: store/full, and nothing is half written', async () => {
    const name = newName();
    await withRoom(4_000_000, async () => {
      const store = (await open(name)).training;
      const files = new Map([
        ['float16', new Uint8Array([1])],
        ['int8', noise(8_000_000)],
      ] as const);
      await expect(store.saveModel(newModel('m'), files)).rejects.toMatchObject({ code: 'store/full' });
      expect(await store.models()).toEqual([]);
      await expect(store.modelFile('m', 'float16')).rejects.toMatchObject({ code: 'store/not-found' });
    });
  });

  test('storage denied: runs live in memory', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    const store = (await open()).training;
    expect(store.persistent).toBe(false);
    await store.saveRun(newRun('a'));
    expect(await store.runs()).toHaveLength(1);
  });
});
