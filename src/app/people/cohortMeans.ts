/** Works out, in the background, cohort means (core/cohort.ts) of embeddings stored without them or with others. */
import type { FaceNet } from '../../client/faceNet';
import type { EngineState } from '../../client/types';
import { faceScale, knownScale } from '../../core/cohort';
import type { CohortMean, Embedding } from '../../core/types';

/** Faces per call: a few milliseconds each batch, so that recognition gets its turn in between. */
const BATCH = 128;

interface RunningEngine {
  readonly client: FaceNet;
  readonly state: EngineState | null;
}

/** Where the embeddings are kept. */
export interface MeanStore {
  readonly read: (faceIds: readonly string[]) => Promise<ReadonlyMap<string, Embedding>>;
  readonly save: (modelId: string, means: ReadonlyMap<string, CohortMean>) => Promise<void>;
}

/**
 * Stores the means of those faces that are of the present model and lack one. Ends early when the model changes. Throws what
 * the worker and the store throw; what was stored until then stays.
 */
export async function addCohortMeans(
  engine: RunningEngine,
  faceIds: readonly string[],
  { read, save }: MeanStore,
): Promise<void> {
  const { state, client } = engine;
  if (!state?.cohort) return;
  const { model, cohort, embeddingSize } = state;
  const lacks = (embedding: Embedding): boolean =>
    embedding.modelId === model && embedding.vector.length === embeddingSize && knownScale(cohort, embedding) === null;
  for (let start = 0; start < faceIds.length && engine.state?.model === model; start += BATCH) {
    const batch = [...(await read(faceIds.slice(start, start + BATCH)))].filter(([, embedding]) => lacks(embedding));
    if (batch.length === 0) continue;
    const means = await client.call('cohortMeans', { vectors: batch.map(([, { vector }]) => vector) });
    if (means) await save(model, new Map(batch.map(([id], i): [string, CohortMean] => [id, means[i]!])));
  }
}

/** The scales of embeddings of the present model, by the means that they carry or, where they carry none, by the worker. */
export async function scalesOf(
  { client }: Pick<RunningEngine, 'client'>,
  { cohort }: Pick<EngineState, 'cohort'>,
  embeddings: readonly Embedding[],
): Promise<number[]> {
  const scales = embeddings.map((embedding) => knownScale(cohort, embedding));
  const without = [...scales.keys()].filter((i) => scales[i] === null);
  for (let start = 0; cohort && start < without.length; start += BATCH) {
    const batch = without.slice(start, start + BATCH);
    const means = await client.call('cohortMeans', { vectors: batch.map((i) => embeddings[i]!.vector) });
    for (const [k, i] of batch.entries()) scales[i] = means ? faceScale(cohort, means[k]!.mean) : 1;
  }
  return scales.map((scale) => scale ?? 1);
}
