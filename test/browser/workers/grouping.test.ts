import { beforeEach, expect, test } from 'vitest';
import { FaceNet } from '../../../src/client/faceNet';
import type { CohortUse } from '../../../src/core/cohort';
import { MOBILE_FACE_NET } from '../../../src/weights/registry';
import type { Ops } from '../../../workers/protocol';
import { madeUpFaces, row } from '../../unit/cluster/faces';
import { needsModels } from './models';

beforeEach((context) => needsModels(context));

/** Five people; nothing known of pictures and names. Drawn vectors are like no face: their means are those of an ordinary one. */
function request(each: number, cohort: CohortUse): Ops['groupFaces']['req'] {
  const cohortMean = { cohort: cohort.id, mean: 1 - cohort.reference };
  const { points } = madeUpFaces(5, each, { spread: 0.01, size: MOBILE_FACE_NET.embeddingSize });
  const embeddings = Array.from({ length: points.count }, (_, i) => ({ vector: row(points, i).slice(), cohortMean }));
  const unknown = () => new Int32Array(points.count).fill(-1);
  return { embeddings, photos: unknown(), people: unknown() };
}

test('faces are grouped beside the other work, with progress, and stopped in the middle', async () => {
  const client = new FaceNet();
  try {
    const { cohort } = await client.call('start', { backend: 'wasm', model: MOBILE_FACE_NET.id });
    const answered: string[] = [];
    const done: number[] = [];
    const grouping = client
      .call('groupFaces', request(700, cohort!), { onProgress: (progress) => done.push(progress.done) })
      .finally(() => answered.push('grouping'));
    const { faces } = await client.call('setGallery', { faces: [] });
    answered.push(`gallery of ${faces}`);
    const labels = await grouping;
    expect(answered).toEqual(['gallery of 0', 'grouping']);
    expect([...labels]).toEqual(Array.from({ length: 3500 }, (_, i) => i % 5));
    expect(done.length).toBeGreaterThanOrEqual(3);
    expect(done).toEqual(done.toSorted((a, b) => a - b));

    const stop = new AbortController();
    const stopped = client.call('groupFaces', request(700, cohort!), {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
    expect([...(await client.call('groupFaces', request(1, cohort!)))]).toEqual([0, 1, 2, 3, 4]);
  } finally {
    client.close();
  }
});
