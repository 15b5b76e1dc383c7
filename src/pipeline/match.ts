import type { Embedding, GalleryFace, Match } from '../core/types';
import { squaredDistance } from '../core/vectors';
import { namedByHead, type NamingHead } from './namingHead';
import { eachCandidate } from '../core/search/candidates';
import { encodeRows, type Codes } from '../core/search/codes';

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

const NOBODY: Match = {
  person: null,
  nearest: null,
  distance: null,
  certainty: null,
  second: null,
  secondDistance: null,
};

/**
 * The person whose nearest face is nearest to `embedding`, if within `threshold` (plain Euclidean); and the nearest other
 * person. `farAt` gives the model's false-accept rate at a distance. Nobody when the gallery is empty or another model's.
 * A model with a head of its own chooses by that among the people within the threshold: see `namedByHead`.
 */
export function matchFace(
  embedding: Embedding,
  gallery: Gallery,
  threshold: number,
  farAt: (distance: number) => number,
  head: NamingHead | null = null,
): Match {
  if (gallery.personOf.length === 0 || gallery.modelId !== embedding.modelId) return NOBODY;
  let best = -1;
  let second = -1;
  let bestSquared = Infinity;
  let secondSquared = Infinity;
  eachCandidate(gallery.codes, embedding.vector, Infinity, (row) => {
    const person = gallery.personOf[row]!;
    const squared = squaredDistance(embedding.vector, gallery.vectors, row * embedding.vector.length);
    if (squared < (person === best ? bestSquared : secondSquared)) {
      if (person === best) bestSquared = squared;
      else if (squared < bestSquared) {
        [second, secondSquared] = [best, bestSquared];
        [best, bestSquared] = [person, squared];
      } else [second, secondSquared] = [person, squared];
    }
    return Math.sqrt(secondSquared);
  });
  if (best < 0) return NOBODY;
  const distance = Math.sqrt(bestSquared);
  const nearest = gallery.people[best]!;
  const named =
    head && distance <= threshold ? namedByHead(embedding.vector, head, gallery, { threshold, nearest }) : null;
  if (named && named.person !== nearest) {
    const { person } = named;
    const certainty = 1 - farAt(named.distance);
    return { person, nearest: person, distance: named.distance, certainty, second: nearest, secondDistance: distance };
  }
  return {
    person: distance <= threshold ? nearest : null,
    nearest,
    distance,
    certainty: 1 - farAt(distance),
    second: gallery.people[second] ?? null,
    secondDistance: second < 0 ? null : Math.sqrt(secondSquared),
  };
}
