/** Faces known by another model's numbers are embedded again from their stored crops: those of people and those of photos. */
import type { FaceNet } from '../../client/faceNet';
import type { EngineState } from '../../client/types';
import type { Embedding, StoredCrop } from '../../core/types';
import type { TaskCall } from '../shell/task.svelte';

/** Faces a call: enough to fill a batch, few enough that progress is seen and little is lost. */
const BATCH = 16;

/** Where the faces are kept. */
export interface CropStore {
  /** Without those that have no crop any more. */
  readonly crops: (faceIds: readonly string[]) => Promise<ReadonlyMap<string, StoredCrop>>;
  readonly save: (embeddings: ReadonlyMap<string, Embedding>) => Promise<void>;
}

/**
 * Embeds the faces with the model in use and stores them batch by batch: after a failure, or in another session, the rest
 * follows. Ends early when the model changes. Resolves to the new embeddings; throws what the worker and the store throw.
 */
export async function reembed(
  engine: { readonly client: FaceNet; readonly state: EngineState | null },
  faceIds: readonly string[],
  { crops, save }: CropStore,
  { signal, onProgress }: Partial<TaskCall> = {},
): Promise<Map<string, Embedding>> {
  const all = new Map<string, Embedding>();
  const model = engine.state?.model;
  for (let done = 0; done < faceIds.length && engine.state?.model === model; done += BATCH) {
    onProgress?.({ stage: 'Re-embedding the faces for this model', done, total: faceIds.length });
    const batch = [...(await crops(faceIds.slice(done, done + BATCH)))];
    const request = { crops: batch.map(([, crop]) => crop) };
    const made = await engine.client.call('embedStored', request, { ...(signal && { signal }) });
    const embeddings = new Map(batch.map(([id], i): [string, Embedding] => [id, made[i]!]));
    await save(embeddings);
    for (const [id, embedding] of embeddings) all.set(id, embedding);
  }
  return all;
}
