import { expect, test } from 'vitest';
import { averageLinkage } from '../../../src/cluster/averageLinkage';
import { linkGraph } from '../../../src/cluster/linkGraph';
import { nearestFaces } from '../../../src/cluster/nearest';
import { packPoints } from '../../../src/cluster/points';
import { asOfSingles } from '../../../src/cluster/settings';
import { mulberry32 } from '../../../src/core/random';
import { madeUpFaces, plainFaces, sets } from './faces';

const apart = (distance: number): number => distance;
const within = (limit: number) => ({ apart, limit: () => limit });

test.each([1, 2, 3])('seed %i: with all faces as neighbours and one limit it is average linkage', (seed) => {
  const { points } = madeUpFaces(7, 9, { spread: 0.28, seed });
  const faces = plainFaces(points);
  const nearest = nearestFaces(faces, { k: 62, limit: 2 });
  for (const threshold of [0.7, 0.95, 1.1]) {
    const random = mulberry32(seed);
    const photos = Array.from({ length: points.count }, () => Math.floor(random() * 40));
    const people = Array.from({ length: points.count }, (_, i) => (i < 14 ? i % 7 : -1));
    for (const known of [{}, { photos: photos.map((photo, i) => (people[i]! < 0 ? photo : -1)), people }]) {
      const labels = linkGraph(faces, nearest, { ...within(threshold), ...known });
      expect(sets(labels)).toEqual(sets(averageLinkage(points, { threshold, ...known })));
    }
  }
});

test('groups that have no near faces in common are not candidates, large ones excepted', () => {
  // Ten faces on each side: the nearest three are those beside a face.
  const line = [...Array(10).keys()].map((i) => [i / 100]);
  const faces = plainFaces(packPoints([...line, ...line.map(([x]) => [x! + 0.5])]));
  const small = nearestFaces(faces, { k: 3, limit: 0.2 });
  expect(sets(linkGraph(faces, small, within(0.6)))).toHaveLength(1);
  const far = nearestFaces(faces, { k: 24, limit: 0.2 });
  expect(sets(linkGraph(faces, far, within(0.6)))).toHaveLength(2);
});

test('the limit is that of the number of groups there are', () => {
  const faces = plainFaces(packPoints([[0], [0.1], [1], [1.2], [9]]));
  const nearest = nearestFaces(faces, { k: 4, limit: 20 });
  const heard: number[] = [];
  const limit = (groups: number): number => {
    heard.push(groups);
    return groups > 3 ? 0.3 : 1.2;
  };
  expect(sets(linkGraph(faces, nearest, { apart, limit }))).toEqual(['0 1 2 3', '4']);
  expect(heard).toEqual([5, 3, 2]);
});

test('a person of many pictures is one group after few rounds, not after one for each picture', () => {
  const { points } = madeUpFaces(2, 300, { spread: 0.05 });
  const faces = plainFaces(points);
  const nearest = nearestFaces(faces, { k: 48, limit: 1 });
  let rounds = 0;
  const limit = (): number => (rounds++, 0.8);
  const labels = linkGraph(faces, nearest, { apart: asOfSingles, limit });
  expect(sets(labels)).toHaveLength(2);
  expect(rounds).toBeLessThan(60);
});

test('equal distances: every face still finds a partner, the same one each time', () => {
  const faces = plainFaces(packPoints(Array.from({ length: 12 }, (_, i) => [i])));
  const nearest = nearestFaces(faces, { k: 11, limit: 20 });
  const labels = linkGraph(faces, nearest, within(1));
  expect(sets(labels)).toEqual(['0 1', '10 11', '2 3', '4 5', '6 7', '8 9']);
});

test('an abort ends it', () => {
  const faces = plainFaces(packPoints([[0], [1]]));
  const nearest = nearestFaces(faces, { k: 1, limit: 2 });
  const options = { ...within(2), signal: AbortSignal.abort() };
  expect(() => linkGraph(faces, nearest, options)).toThrow(expect.objectContaining({ code: 'aborted' }));
});
