import { expect, test } from 'vitest';
import { assertTrainable, packSamples, pickSamples } from '../../../src/classify/samples';

const samples = packSamples([
  { name: 'bob', vector: [1, 2] },
  { name: 'ann', vector: [3, 4] },
  { name: 'bob', vector: [5, 6] },
]);

test('classes in order of their names, a label a row', () => {
  expect(samples).toEqual({
    count: 3,
    size: 2,
    vectors: Float32Array.of(1, 2, 3, 4, 5, 6),
    labels: Int32Array.of(1, 0, 1),
    classes: ['ann', 'bob'],
  });
});

test('picked rows keep their labels and all the classes', () => {
  expect(pickSamples(samples, [2, 1])).toEqual({
    ...samples,
    count: 2,
    vectors: Float32Array.of(5, 6, 3, 4),
    labels: Int32Array.of(1, 0),
  });
});

test('one person, or people without a face, cannot be trained on', () => {
  expect(() => assertTrainable(samples)).not.toThrow();
  expect(() => assertTrainable(packSamples([]))).toThrow('two people are needed, there is 0');
  expect(() => assertTrainable(pickSamples(samples, [0, 2]))).toThrow('two people are needed, there is 1');
  expect(() => assertTrainable({ ...samples, classes: ['ann', 'bob', 'cid'] })).toThrow('no face of 1 person');
});
