import { scaleOf, type Cohort } from '../core/cohort';
import { encodeRows, type Codes } from '../core/search/codes';
import type { GalleryFace } from '../core/types';
import { stackRows } from '../core/vectors';

/** Known faces of one model, packed for search: row r of `vectors` is a face of `people[personOf[r]]`. */
export interface Gallery {
  readonly modelId: string;
  readonly people: readonly string[];
  readonly personOf: Int32Array;
  readonly vectors: Float32Array;
  /** Factor of row r's distances: see core/cohort.ts. */
  readonly scales: Float64Array;
  /** For a first, approximate search. */
  readonly codes: Codes;
  /** Faces of that model whose embedding is not of its length: damaged, and left out. */
  readonly leftOut: number;
}

/** The length that most embeddings have; 0 of none. */
function usualLength(faces: readonly GalleryFace[]): number {
  const counts = new Map<number, number>();
  for (const { embedding } of faces) {
    const { length } = embedding.vector;
    counts.set(length, (counts.get(length) ?? 0) + 1);
  }
  return [...counts].sort(([a, n], [b, m]) => m - n || b - a)[0]?.[0] ?? 0;
}

/**
 * Packs the faces of `modelId`; those of other models cannot be compared and are left out. So are embeddings that are not
 * `size` numbers long, the model's length; without it, the length that most have. `cohort`: of the model, where it has one.
 */
export function packGallery(
  faces: readonly GalleryFace[],
  modelId: string,
  size?: number,
  cohort: Cohort | null = null,
): Gallery {
  const own = faces.filter(({ embedding }) => embedding.modelId === modelId);
  const length = size ?? usualLength(own);
  const usable = own.filter(({ embedding }) => embedding.vector.length === length);
  const people = [...new Set(usable.map(({ person }) => person))];
  const index = new Map(people.map((person, i) => [person, i]));
  const vectors = stackRows(usable.map(({ embedding }) => embedding.vector));
  const personOf = Int32Array.from(usable, ({ person }) => index.get(person)!);
  const scales = Float64Array.from(usable, ({ embedding }) => scaleOf(cohort, embedding));
  const leftOut = own.length - usable.length;
  return { modelId, people, personOf, vectors, scales, codes: encodeRows(vectors, length), leftOut };
}
