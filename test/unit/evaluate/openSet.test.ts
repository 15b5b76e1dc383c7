import { expect, test } from 'vitest';
import { identify, type LabelledTable } from '../../../src/evaluate/openSet';
import { errorCode } from '../weights/errorCode';

/** Faces on a line: person and place. */
function faces(...places: readonly (readonly [string, number])[]): LabelledTable {
  return {
    rows: places.length,
    columns: 1,
    data: Float32Array.from(places, ([, place]) => place),
    personOf: places.map(([person]) => person),
  };
}
const gallery = faces(['ann', 0], ['ann', 1], ['bo', 10]);

test('known people are named and strangers refused, as counted by hand', () => {
  const probes = faces(
    ['ann', 1.25], // .25 from ann
    ['ann', 9], // 1 from bo: wrong
    ['bo', 8], // 2 from bo
    ['bo', 10.5], // .5 from bo
    ['eve', 3], // 2 from ann
    ['eve', 5], // 4 from ann
    ['dan', 10.25], // .25 from bo
    ['dan', 14], // 4 from bo
  );
  const result = identify(gallery, probes, [0, 0.25, 0.5, 1]);
  expect(result.rank1).toBe(3 / 4);
  expect([result.knownProbes, result.strangerProbes]).toEqual([4, 4]);
  expect(result.points).toEqual([
    { far: 0, measuredFar: 0, threshold: 0.25, dir: 0 },
    { far: 0.25, measuredFar: 0.25, threshold: 2, dir: 0.5 },
    { far: 0.5, measuredFar: 0.5, threshold: 4, dir: 0.75 },
    { far: 1, measuredFar: 1, threshold: Infinity, dir: 0.75 },
  ]);
});

test('without a gallery, known probes or strangers there is nothing to measure', () => {
  const ann = faces(['ann', 1]);
  const eve = faces(['eve', 3]);
  expect(errorCode(() => identify(faces(), eve, [0.1]))).toBe('evaluate/too-few');
  expect(errorCode(() => identify(gallery, ann, [0.1]))).toBe('evaluate/too-few');
  expect(errorCode(() => identify(gallery, eve, [0.1]))).toBe('evaluate/too-few');
});
