import { expect, test } from 'vitest';
import { carryOver } from '../../../../src/app/photos/carryOver';
import type { Box } from '../../../../src/core/types';
import type { KnownPhotoFace, NewPhotoFace } from '../../../../src/store/photoSchema';

const BOX = { x0: 10, y0: 10, x1: 20, y1: 20 };
const moved = (by: number): Box => ({ x0: 10 + by, y0: 10, x1: 20 + by, y1: 20 });

function known(id: string, angle: number, box: Box = BOX, modelId = 'm'): KnownPhotoFace {
  const face = { id, box, personId: 'p', confirmed: true, group: null };
  return { face: face as unknown as KnownPhotoFace['face'], embedding: { modelId, vector: at(angle) } };
}
function fresh(angle: number, box: Box = BOX): NewPhotoFace {
  return { box, embedding: { modelId: 'm', vector: at(angle) } } as unknown as NewPhotoFace;
}
/** On the unit circle: two of them are 2 sin(difference / 2) apart. */
function at(angle: number): Float32Array {
  return Float32Array.of(Math.cos(angle), Math.sin(angle));
}
const ids = (kept: ReturnType<typeof carryOver>) => [...kept].sort().map(([i, { id }]) => [i, id]);
const edited = { sameBytes: false, threshold: 1, cohort: null };
const again = { ...edited, sameBytes: true };

test('an edited picture: the face that looks the same keeps its name wherever it is now; a stranger gets none', () => {
  expect(ids(carryOver([known('a', 0)], [fresh(2, BOX), fresh(0.3, moved(500))], edited))).toEqual([[1, 'a']]);
  expect(ids(carryOver([known('a', 0)], [fresh(0.9)], edited))).toEqual([]);
});

test('one to one: a known face goes to the nearest, and another face of the picture that is near too keeps none', () => {
  expect(ids(carryOver([known('a', 0)], [fresh(0.5), fresh(0.1)], edited))).toEqual([[1, 'a']]);
  expect(ids(carryOver([known('a', 0), known('b', 0.4)], [fresh(0.41), fresh(0.01)], edited))).toEqual([
    [0, 'b'],
    [1, 'a'],
  ]);
});

test('faces that look alike are matched by their places', () => {
  const old = [known('a', 0, moved(0)), known('b', 0, moved(100))];
  expect(ids(carryOver(old, [fresh(0.01, moved(101)), fresh(0.02, moved(1))], edited))).toEqual([
    [0, 'b'],
    [1, 'a'],
  ]);
});

test('the same bytes searched on all sides: the place alone says it, however the face lay before, and whatever the model', () => {
  expect(ids(carryOver([known('a', 0)], [fresh(3, moved(2))], again))).toEqual([[0, 'a']]);
  expect(ids(carryOver([known('a', 0, BOX, 'other')], [fresh(0, moved(1))], again))).toEqual([[0, 'a']]);
  expect(ids(carryOver([known('a', 0)], [fresh(0, moved(9))], again))).toEqual([]);
});

test('numbers of another model say nothing of an edited picture', () => {
  expect(ids(carryOver([known('a', 0, BOX, 'other')], [fresh(0)], edited))).toEqual([]);
});

test('a kind of face whose faces lie close together gets a stricter distance, also where the known face has no mean yet', () => {
  const cohort = { id: 'c', nearest: 1, power: 1, reference: 0.5 };
  const dense = (angle: number): NewPhotoFace => {
    const face = fresh(angle);
    return { ...face, embedding: { ...face.embedding, cohortMean: { cohort: 'c', mean: 0.75 } } };
  };
  // Each scale is √2: distances count twice.
  const twice = { ...edited, cohort };
  expect(ids(carryOver([known('a', 0)], [dense(0.5)], twice))).toEqual([]);
  expect(ids(carryOver([known('a', 0)], [dense(0.3)], twice))).toEqual([[0, 'a']]);
  expect(ids(carryOver([known('a', 0)], [fresh(0.5)], twice))).toEqual([[0, 'a']]);
});
