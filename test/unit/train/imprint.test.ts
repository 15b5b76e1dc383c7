import { expect, it } from 'vitest';
import { imprint } from '../../../src/train/imprint';

it('a new person’s row is ten times the mean of their embeddings; other rows stay', () => {
  const matrix = Float32Array.of(9, 9, 8, 8, 7, 7, 6, 6);
  const embeddings = Float32Array.of(1, 0, 0, 1, 0.6, 0.8, 1, 0);
  imprint(matrix, [0, 2, 3], embeddings, Int32Array.of(0, 0, 1, 2));
  expect([...matrix]).toEqual([5, 5, 8, 8, 10, 0, 6, 6]);
});
