import { expect, test } from 'vitest';
import type { TrainedModelRecord, TrainRunRecord, TrainStore } from '../../../src/store/trainSchema';

export function newRun(id: string, more: Partial<TrainRunRecord> = {}): TrainRunRecord {
  const base = { title: `Run ${id}`, createdAt: 1, updatedAt: 1, status: 'running', step: 0, epoch: 0 } as const;
  return { ...base, id, plan: '{}', history: '[]', report: null, modelId: null, failure: null, ...more };
}

export function newModel(id: string, more: Partial<TrainedModelRecord> = {}): TrainedModelRecord {
  return {
    id,
    title: `Model ${id}`,
    createdAt: 1,
    base: 'facenet-20180402-114759',
    architecture: 'inceptionResnetV1',
    width: 1,
    folded: true,
    run: null,
    licence: '',
    credit: '',
    selfTest: null,
    embeddingSize: 512,
    inputSize: 160,
    standardisation: { mean: [127.5, 127.5, 127.5], divisor: 128 },
    crop: 'facenet',
    normalised: true,
    threshold: 0.9,
    defaultFar: 1e-3,
    calibration: [],
    people: ['Ada', 'Bo'],
    report: null,
    files: { float16: { bytes: 3, sha256: 'x' } },
    ...more,
  };
}

export const checkpoint = (step: number, bytes = 5) => ({
  meta: JSON.stringify({ step }),
  tensors: new Uint8Array(bytes).fill(step),
});

/** What holds for every training store, wherever its tables are. */
export function describeTrainStore(open: () => Promise<TrainStore>): void {
  test('runs are kept, the latest first, and replaced by their id', async () => {
    const store = await open();
    await store.saveRun(newRun('a', { createdAt: 1 }));
    await store.saveRun(newRun('b', { createdAt: 2 }));
    await store.saveRun(newRun('a', { createdAt: 1, status: 'paused', step: 7 }));
    expect((await store.runs()).map(({ id }) => id)).toEqual(['b', 'a']);
    expect(await store.run('a')).toMatchObject({ status: 'paused', step: 7 });
    expect(await store.run('c')).toBeNull();
  });

  test('a checkpoint replaces the one before; another run has its own', async () => {
    const store = await open();
    const [a, b] = [store.sink('a'), store.sink('b')];
    expect(await a.latest()).toBeNull();
    expect(await a.meta()).toBeNull();
    await a.save(checkpoint(1));
    await b.save(checkpoint(9));
    await a.save(checkpoint(2));
    expect(await a.latest()).toEqual(checkpoint(2));
    expect(await b.latest()).toEqual(checkpoint(9));
    expect(await a.meta()).toBe(checkpoint(2).meta);
    await store.removeCheckpoint('a');
    expect(await a.latest()).toBeNull();
    expect(await a.meta()).toBeNull();
    expect(await b.latest()).toEqual(checkpoint(9));
  });

  test('a run that is removed takes its checkpoint with it', async () => {
    const store = await open();
    await store.saveRun(newRun('a'));
    await store.sink('a').save(checkpoint(1));
    await store.removeRun('a');
    expect(await store.runs()).toEqual([]);
    expect(await store.sink('a').latest()).toBeNull();
    expect(await store.sink('a').meta()).toBeNull();
  });

  test('a trained model is kept with its files, replaced with them, renamed without them and removed with them', async () => {
    const store = await open();
    const bytes = (value: number) => new Uint8Array([value, value]);
    await store.saveModel(
      newModel('m'),
      new Map([
        ['float16', bytes(1)],
        ['int8', bytes(2)],
      ]),
    );
    await store.saveModel(newModel('n', { createdAt: 2 }), new Map([['float16', bytes(3)]]));
    expect((await store.models()).map(({ id }) => id)).toEqual(['n', 'm']);
    expect(await store.modelFile('m', 'int8')).toEqual(bytes(2));
    await store.saveModel(newModel('m', { title: 'Again' }), new Map([['float16', bytes(4)]]));
    expect(await store.model('m')).toMatchObject({ title: 'Again' });
    expect(await store.modelFile('m', 'float16')).toEqual(bytes(4));
    await expect(store.modelFile('m', 'int8')).rejects.toMatchObject({ code: 'store/not-found' });
    await store.renameModel('m', 'Renamed');
    expect(await store.model('m')).toEqual(newModel('m', { title: 'Renamed' }));
    expect(await store.modelFile('m', 'float16')).toEqual(bytes(4));
    await expect(store.renameModel('x', 'Nobody')).rejects.toMatchObject({ code: 'store/not-found' });
    await store.removeModel('m');
    expect(await store.model('m')).toBeNull();
    await expect(store.modelFile('m', 'float16')).rejects.toMatchObject({ code: 'store/not-found' });
    expect(await store.modelFile('n', 'float16')).toEqual(bytes(3));
  });
}
