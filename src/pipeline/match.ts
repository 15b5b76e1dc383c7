import { eachCandidate } from '../core/search/candidates';
import type { Embedding, Match } from '../core/types';
import { squaredDistance } from '../core/vectors';
import type { Gallery } from './gallery';
import { namedByHead, type NamingHead } from './namingHead';

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
