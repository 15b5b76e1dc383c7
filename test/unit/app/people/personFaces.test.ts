import { expect, test } from 'vitest';
import { compareFaces } from '../../../../src/app/people/personFaces';

const at = (...places: [number, number][]) => places.map(([x, y]) => ({ vector: Float32Array.of(x, y), scale: 1 }));

test('the face nearest to the others is the best, and one like none of them is an outlier', () => {
  const { standings, second } = compareFaces(at([0, 0], [0.3, 0], [0.6, 0], [0.3, 4]), 1);
  expect(standings.map(({ kind }) => kind)).toEqual([null, 'best', null, 'outlier']);
  expect(standings[1]!.distance).toBeCloseTo((0.3 + 0.3 + 4) / 3, 6);
  expect(second).toEqual([]);
});

test('two groups of faces look like two people: the smaller is the second', () => {
  const { standings, second } = compareFaces(at([5, 0], [0, 0], [0.2, 0], [5.2, 0], [0.1, 0]), 1);
  expect(second).toEqual([0, 3]);
  expect(standings.every(({ kind }) => kind !== 'outlier')).toBe(true);
});

test('of two groups of one size the first face’s is the person', () => {
  expect(compareFaces(at([0, 0], [5, 0], [0.2, 0], [5.2, 0]), 1).second).toEqual([1, 3]);
});

test('faces in a row are one person only as far as their means are near', () => {
  // Means: {0, .9} and {1.8, 2.7} are 1.8 apart, though .9 and 1.8 are near.
  expect(compareFaces(at([0, 0], [0.9, 0], [1.8, 0], [2.7, 0]), 1).second).toEqual([2, 3]);
});

test('with two faces that differ nobody can say which is wrong; one face, or none, has nothing to differ from', () => {
  expect(compareFaces(at([0, 0], [5, 0]), 1)).toEqual({
    standings: [
      { distance: 5, normalised: 5, kind: null },
      { distance: 5, normalised: 5, kind: null },
    ],
    second: [],
  });
  const alone = [{ distance: null, normalised: null, kind: null }];
  expect(compareFaces(at([0, 0]), 1)).toEqual({ standings: alone, second: [] });
  expect(compareFaces([], 1)).toEqual({ standings: [], second: [] });
});

test('faces of a kind whose embeddings are close together are compared by a stricter distance; the plain one is shown', () => {
  const faces = at([0, 0], [0.2, 0], [0.8, 0], [1, 0]);
  expect(compareFaces(faces, 1).second).toEqual([]);
  const dense = faces.map(({ vector }) => ({ vector, scale: Math.SQRT2 }));
  const { second, standings } = compareFaces(dense, 1);
  expect(second).toEqual([2, 3]);
  expect(standings[0]!.distance).toBeCloseTo((0.2 + 0.8 + 1) / 3, 6);
  expect(standings[0]!.normalised).toBeCloseTo((2 * (0.2 + 0.8 + 1)) / 3, 6);
});
