import { expect, test } from 'vitest';
import { reembed } from '../../../../src/app/people/reembed';
import type { Embedding, StoredCrop } from '../../../../src/core/types';

/** Crops are known by their size here; the embedding of each is that number. */
const crop = (size: number) => ({ size }) as unknown as StoredCrop;
const ids = Array.from({ length: 40 }, (_, i) => `f${i}`);

function setUp(onCall: (batch: number) => void = () => undefined) {
  const saved = new Map<string, Embedding>();
  const batches: number[] = [];
  const engine = {
    state: { model: 'new' },
    client: {
      call: (_: string, { crops }: { crops: readonly (StoredCrop & { size: number })[] }) => {
        batches.push(crops.length);
        onCall(batches.length);
        return Promise.resolve(crops.map(({ size }) => ({ modelId: 'new', vector: Float32Array.of(size) })));
      },
    },
  };
  const store = {
    crops: (some: readonly string[]) =>
      Promise.resolve(new Map(some.filter((id) => id !== 'f3').map((id) => [id, crop(Number(id.slice(1)))]))),
    save: (embeddings: ReadonlyMap<string, Embedding>) => {
      for (const [id, embedding] of embeddings) saved.set(id, embedding);
      return Promise.resolve();
    },
  };
  return { engine, store, saved, batches };
}

test('each face gets its own new numbers, batch by batch; one without a crop is left as it is', async () => {
  const { engine, store, saved, batches } = setUp();
  const progress: number[] = [];
  const made = await reembed(engine as never, ids, store, { onProgress: (now) => progress.push(now?.done ?? -1) });
  expect(batches).toEqual([15, 16, 8]);
  expect(progress).toEqual([0, 16, 32]);
  expect(made).toEqual(saved);
  expect(saved.size).toBe(39);
  expect(saved.get('f17')!.vector[0]).toBe(17);
});

test('what was embedded before a failure is kept', async () => {
  const { engine, store, saved } = setUp((batch) => {
    if (batch === 2) throw new Error('no memory');
  });
  await expect(reembed(engine as never, ids, store)).rejects.toThrow('no memory');
  expect(saved.size).toBe(15);
});

test('a change of model ends it: the rest is for the next model', async () => {
  const { engine, store, saved } = setUp((batch) => {
    if (batch === 2) engine.state = { model: 'newer' };
  });
  await reembed(engine as never, ids, store);
  expect(saved.size).toBe(31);
});
