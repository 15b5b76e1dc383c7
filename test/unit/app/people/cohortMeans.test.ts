import { beforeEach, expect, test } from 'vitest';
import { addCohortMeans, scalesOf } from '../../../../src/app/people/cohortMeans';
import { GroupedPhotos } from '../../../../src/app/photos/groupedPhotos.svelte';
import { People } from '../../../../src/app/people/people.svelte';
import type { Engine } from '../../../../src/app/shell/engine.svelte';
import { cohortMean, createCohort, scaleOf } from '../../../../src/core/cohort';
import type { Embedding } from '../../../../src/core/types';
import { openStore } from '../../../../src/store/store';
import type { PhotoStore } from '../../../../src/store/photoSchema';
import { FOLDER, photo, photoFace } from '../../store/photoStoreBehaviour';

const USE = { id: 'c', nearest: 1, power: 1, reference: 0.5 };
const COHORT = createCohort(USE, 2, Float32Array.of(1, 0, 0, 1));
const MEAN = (vector: Float32Array) => ({ cohort: 'c', mean: cohortMean(COHORT, vector) });

/** On the unit circle. */
const at = (angle: number): Float32Array => Float32Array.of(Math.cos(angle), Math.sin(angle));

/** An engine whose worker works means out as the real one does; `asked` counts the vectors of each call. */
function engineWith({ cohort = USE, failAt = Infinity }: { cohort?: typeof USE | null; failAt?: number } = {}) {
  const asked: number[] = [];
  const state = { model: 'm', embeddingSize: 2, cohort };
  const call = async (op: string, { vectors }: { vectors: Float32Array[] }) => {
    expect(op).toBe('cohortMeans');
    if (asked.length === failAt) throw new Error('the worker is gone');
    asked.push(vectors.length);
    return cohort ? vectors.map(MEAN) : null;
  };
  const engine = { client: { call }, state, ready: async () => state } as unknown as Engine;
  return { engine, asked };
}

let store: PhotoStore;
const vectors = Array.from({ length: 300 }, (_, i) => at(i / 300));
beforeEach(async () => {
  store = (await openStore()).photos;
  await store.putFolder(FOLDER);
  const faces = vectors.map((vector) => ({ ...photoFace(1), embedding: { modelId: 'm', vector } }));
  const other = { ...photoFace(1), embedding: { modelId: 'other', vector: at(2) } };
  const old = { ...photoFace(1), embedding: { modelId: 'm', vector: at(3), cohortMean: { cohort: 'b', mean: 0 } } };
  await store.savePhoto(photo('a.jpg'), null, [...faces, other, old]);
});
const photosWith = (engine: Engine) =>
  new GroupedPhotos(store, engine, new People({ onChange: () => undefined } as never, engine));
const stored = async (): Promise<Embedding[]> => [...(await store.embeddings()).values()];

test('faces of the version before get the means of their model’s cohort; another model’s are left alone', async () => {
  const { engine, asked } = engineWith();
  await photosWith(engine).addMeans();
  for (const embedding of await stored())
    expect(embedding.cohortMean).toEqual(embedding.modelId === 'm' ? MEAN(embedding.vector) : undefined);
  expect(asked.reduce((sum, count) => sum + count)).toBe(301);
  expect(Math.max(...asked)).toBeLessThan(200);
  await photosWith(engine).addMeans();
  expect(asked.reduce((sum, count) => sum + count)).toBe(301);
});

test('a batch that fails is said; what was stored stays, and the next run does only the rest', async () => {
  const { engine, asked } = engineWith({ failAt: 1 });
  const broken = photosWith(engine);
  await broken.addMeans();
  expect(broken.means.error).toMatchObject({ message: expect.stringContaining('the worker is gone') });
  const done = (await stored()).filter(({ cohortMean: mean }) => mean?.cohort === 'c').length;
  expect(done).toBe(asked[0]);
  const next = engineWith();
  const whole = photosWith(next.engine);
  await whole.addMeans();
  expect(whole.means.error).toBeNull();
  expect(next.asked.reduce((sum, count) => sum + count)).toBe(301 - done);
  expect((await stored()).filter(({ cohortMean: mean }) => mean?.cohort !== 'c')).toMatchObject([{ modelId: 'other' }]);
});

test('a model without a cohort asks for nothing; the work ends when the model changes', async () => {
  const none = engineWith({ cohort: null });
  await photosWith(none.engine).addMeans();
  expect(none.asked).toEqual([]);
  const { engine, asked } = engineWith();
  const save = async (): Promise<void> => {
    engine.state = { ...engine.state!, model: 'next' };
  };
  await addCohortMeans(engine, await store.facesWithoutMean('c'), { read: (ids) => store.embeddingsOf(ids), save });
  expect(asked).toHaveLength(1);
});

test('scales are those of the means that are there, and are worked out where there is none', async () => {
  const { engine, asked } = engineWith();
  const known = { modelId: 'm', vector: at(0.1), cohortMean: { cohort: 'c', mean: 0.3 } };
  const plain = { modelId: 'm', vector: at(0.2) };
  const [a, b] = await scalesOf(engine, { cohort: USE }, [known, plain]);
  expect([a, b]).toEqual([scaleOf(COHORT, known), scaleOf(COHORT, plain)]);
  expect(asked).toEqual([1]);
  expect(await scalesOf(engine, { cohort: null }, [plain])).toEqual([1]);
});
