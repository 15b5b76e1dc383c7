import { expect, test } from 'vitest';
import { count, countOf } from '../../../src/core/count';

test('one of a thing is singular, and none and many are plural', () => {
  expect([0, 1, 2, 12_345].map((n) => count(n, 'picture'))).toEqual([
    ...['0 pictures', '1 picture', '2 pictures', '12,345 pictures'],
  ]);
  expect([1, 2].map((n) => count(n, 'person', 'people'))).toEqual(['1 person', '2 people']);
});

test('how much of it is done is written as the whole is', () => {
  expect(countOf(1152, 1583, 'picture')).toBe('1,152 of 1,583 pictures');
  expect(countOf(0, 1, 'picture')).toBe('0 of 1 picture');
});
