import { expect, test } from 'vitest';
import type { GalleryFace } from '../../../src/core/types';
import { packGallery } from '../../../src/pipeline/gallery';
import { matchFace } from '../../../src/pipeline/match';
import { plainMatching } from '../../fixtures/matching';
import { storedClassifier, type NameClassifier } from '../../../src/pipeline/nameClassifier';
import { FACENET } from '../../../src/weights/registry';

const face = (person: string, ...numbers: number[]): GalleryFace => ({
  person,
  embedding: { modelId: 'm', vector: Float32Array.from(numbers) },
});
const gallery = packGallery([face('ann', 1, 0), face('bob', 0.8, 0.6), face('cid', -1, 0), face('dan', 0.9, 0.1)], 'm');
const probe = face('', 0.98, 0.2).embedding;
/** Prefers Bob, then Cid, then Ann, wherever a face is. */
const classifier: NameClassifier = {
  people: ['ann', 'bob', 'cid'],
  rows: Float32Array.of(1, 0, 1, 0, 1, 0),
  biases: Float32Array.of(0, 9, 5),
};
const without = packGallery([face('ann', 1, 0), face('bob', 0.8, 0.6)], 'm');

test('the classifier chooses among the people within the threshold; the nearest becomes the second', () => {
  const match = matchFace(probe, plainMatching(without, 0.5, classifier));
  expect(match).toMatchObject({ person: 'bob', nearest: 'bob', second: 'ann' });
  expect(match.distance).toBeCloseTo(Math.hypot(0.18, 0.4), 6);
  expect(match.certainty).toBeCloseTo((1 - 0.05 * 2 ** ((Math.hypot(0.18, 0.4) - 0.5) / 0.5)) ** 2, 6);
  expect(match.secondDistance).toBeCloseTo(Math.hypot(0.02, 0.2), 6);
});

test('whoever is beyond the threshold is never chosen, and a stranger stays unknown', () => {
  expect(matchFace(probe, plainMatching(without, 0.3, classifier))).toMatchObject({ person: 'ann', second: 'bob' });
  expect(matchFace(probe, plainMatching(without, 0.1, classifier))).toMatchObject({ person: null, nearest: 'ann' });
});

test('a person whom the classifier does not know is named by distance', () => {
  expect(matchFace(probe, plainMatching(gallery, 0.5, classifier))).toMatchObject({ person: 'dan' });
});

test('without biases (ArcFace) only the direction of a row counts', () => {
  const rows = Float32Array.of(0.1, 0.02, 50, 60, 0, 1);
  expect(matchFace(probe, plainMatching(without, 0.5, { ...classifier, rows, biases: null }))).toMatchObject({
    person: 'ann',
  });
});

test('a model has a classifier when it says whom its rows name, and only then', () => {
  const weights = new Map([
    ['Logits/weights', { dtype: 'float32', shape: [2, 512], data: new Float32Array(1024) }],
  ] as const);
  const origin = { createdAt: 0, base: null, run: null, selfTest: null };
  expect(storedClassifier(FACENET, weights)).toBe(null);
  expect(storedClassifier({ ...FACENET, trained: { ...origin, people: [] } }, weights)).toBe(null);
  expect(storedClassifier({ ...FACENET, trained: { ...origin, people: ['a'] } }, weights)).toBe(null);
  expect(storedClassifier({ ...FACENET, trained: { ...origin, people: ['a', 'b'] } }, weights)).toMatchObject({
    biases: null,
  });
});
