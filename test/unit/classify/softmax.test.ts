import { expect, test } from 'vitest';
import { softmax } from '../../../src/classify/softmax';

test('shares as the exponentials are to one another, also of numbers whose exponential is too large', () => {
  const plain = softmax(Float64Array.of(0, Math.log(2), Math.log(5)));
  expect([...plain]).toEqual([1 / 8, 2 / 8, 5 / 8].map((share) => expect.closeTo(share, 12) as number));
  const large = softmax(Float64Array.of(1000, 1000 + Math.log(3)));
  expect([...large]).toEqual([expect.closeTo(0.25, 12), expect.closeTo(0.75, 12)]);
});
