import { encodeRows, type Codes } from '../core/search/codes';
import type { GalleryFace } from '../core/types';

/** Known faces of one model, packed for search: row r of `vectors` is a face of `people[personOf[r]]`. */
export interface Gallery {
  readonly modelId: string;
  readonly people: readonly string[];
  readonly personOf: Int32Array;
  readonly vectors: Float32Array;
  /** What a search looks at first. */
  readonly codes: Codes;
}

/** Packs the faces of `modelId`; those of other models cannot be compared and are left out. */
export function packGallery(faces: readonly GalleryFace[], modelId: string): Gallery {
  const usable = faces.filter(({ embedding }) => embedding.modelId === modelId);
  const size = usable[0]?.embedding.vector.length ?? 0;
  const people = [...new Set(usable.map(({ person }) => person))];
  const index = new Map(people.map((person, i) => [person, i]));
  const vectors = new Float32Array(usable.length * size);
  for (const [row, { embedding }] of usable.entries()) vectors.set(embedding.vector, row * size);
  const personOf = Int32Array.from(usable, ({ person }) => index.get(person)!);
  return { modelId, people, personOf, vectors, codes: encodeRows(vectors, size) };
}
