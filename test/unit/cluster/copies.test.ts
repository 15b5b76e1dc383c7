import { expect, test } from 'vitest';
import { startGroups } from '../../../src/cluster/constraints';
import { uniteCopies } from '../../../src/cluster/copies';
import { groupFaces } from '../../../src/cluster/groupFaces';
import { packPoints } from '../../../src/cluster/points';
import { l2Normalise } from '../../../src/core/vectors';
import { mulberry32 } from '../../../src/core/random';
import { plainFaces, RATES, sets } from './faces';

const points = packPoints([[0], [0.1], [0.2], [5], [0], [5.1]]);

test('copies of one picture are one, by way of each other too; those of other pictures, or without one, are not', () => {
  const photos = [0, 0, 0, 0, 1, -1];
  const groups = uniteCopies(points, startGroups(6, {}), { photos }, 0.12);
  expect(sets(groups)).toEqual(['0 1 2', '3', '4', '5']);
  expect(sets(uniteCopies(points, startGroups(6, {}), {}, 0.12))).toEqual(['0', '1', '2', '3', '4', '5']);
});

test('a copy belongs to the person whom the user has named in another, and two named people stay two', () => {
  const photos = [0, 0, 0, 0, 0, 1];
  const people = [7, -1, 8, -1, -1, 7];
  const groups = uniteCopies(points, startGroups(6, { people }), { photos, people }, 0.12);
  expect(sets(groups)).toEqual(['0 1 4 5', '2', '3']);
});

test('a person of very many faces takes a copy, and is taken by one', () => {
  const many = 150_000;
  const vectors = Float32Array.from({ length: many + 2 }, (_, i) => Math.min(i, 1));
  const people = [-1, ...Array<number>(many).fill(3), -1];
  const photos = [-1, 1, ...Array<number>(many - 1).fill(-1), 1];
  photos[0] = 0;
  photos[2] = 0;
  vectors[0] = 1;
  const all = { count: many + 2, size: 1, vectors };
  const groups = uniteCopies(all, startGroups(many + 2, { people }), { photos, people }, 0.1);
  expect(new Set(groups).size).toBe(1);
});

/** A face like `centre`, at about `distance` of it. */
function like(centre: Float32Array, distance: number, random: () => number): Float32Array {
  const noise = l2Normalise(Float32Array.from(centre, () => random() - 0.5));
  return l2Normalise(centre.map((x, i) => x + distance * noise[i]!));
}

test.each([1, 2, 3])('seed %i: a collage of one face does not tear its person apart', (seed) => {
  const random = mulberry32(seed);
  const person = l2Normalise(Float32Array.from({ length: 64 }, () => random() - 0.5));
  const stranger = l2Normalise(Float32Array.from({ length: 64 }, () => random() - 0.5));
  const tile = like(person, 0.15, random);
  const tiles = Array.from({ length: 25 }, () => like(tile, 0.08, random));
  // Three portraits, and him in a crew with another person.
  const others = [0.1, 0.15, 0.2, 0.5].map((distance) => like(person, distance, random));
  const faces = packPoints([...tiles, ...others, like(stranger, 0.3, random)]);
  const photos = [...tiles.map(() => 0), 1, 2, 3, 4, 4];
  const labels = groupFaces(plainFaces(faces), { rates: RATES, photos });
  expect(new Set(labels.slice(0, 29)).size).toBe(1);
  expect(labels[29]).not.toBe(labels[0]);
});

test('two people alike in one picture are still two', () => {
  const random = mulberry32(5);
  const one = l2Normalise(Float32Array.from({ length: 64 }, () => random() - 0.5));
  const faces = packPoints([one, like(one, 0.45, random), like(one, 0.1, random)]);
  const labels = groupFaces(plainFaces(faces), { rates: RATES, photos: [0, 0, 1] });
  expect(labels[0]).not.toBe(labels[1]);
});
