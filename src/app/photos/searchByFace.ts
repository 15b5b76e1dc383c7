import { normalisedDistance } from '../../core/cohort';
import type { Embedding } from '../../core/types';
import { euclidean } from '../../core/vectors';
import type { PhotoRecord } from '../../store/photoSchema';
import { scalesOf } from '../people/cohortMeans';
import type { Engine } from '../shell/engine.svelte';
import type { PhotoLists } from './photoLists.svelte';

/** Pictures with a face of the person in `embedding`, by normalised distance, nearest first. */
export async function searchByFace(
  { store, faces, photoById }: Pick<PhotoLists, 'store' | 'faces' | 'photoById'>,
  engine: Engine,
  embedding: Embedding,
): Promise<PhotoRecord[]> {
  const state = await engine.ready();
  const embeddings = await store.embeddings();
  const others = faces.flatMap(({ id, photoId }) => {
    const other = embeddings.get(id);
    return other?.modelId === embedding.modelId ? [{ photoId, other }] : [];
  });
  const [own, ...scales] = await scalesOf(engine, state, [embedding, ...others.map(({ other }) => other)]);
  const nearest = new Map<string, number>();
  for (const [i, { photoId, other }] of others.entries()) {
    const distance = normalisedDistance(euclidean(embedding.vector, other.vector), own!, scales[i]!);
    if (distance <= Math.min(state.threshold, nearest.get(photoId) ?? Infinity)) nearest.set(photoId, distance);
  }
  return [...nearest].sort((a, b) => a[1] - b[1]).flatMap(([id]) => photoById.get(id) ?? []);
}
