import { expect, test } from 'vitest';
import { stackFaces } from '../../../../src/evaluate/bias/stackFaces';

test('faces become rows of one table, in their order', () => {
  const faces = [
    { group: 'b', name: 'b/1.jpg', vector: [1, 2], scale: 0.5 },
    { group: 'a', name: 'a/1.jpg', vector: Float32Array.of(3, 4), scale: 2 },
  ];
  expect(stackFaces(faces, 2)).toEqual({
    table: { rows: 2, columns: 2, data: Float32Array.of(1, 2, 3, 4) },
    scales: Float64Array.of(0.5, 2),
    groups: ['b', 'a'],
    names: ['b/1.jpg', 'a/1.jpg'],
  });
});

test('without faces the table is empty', () => {
  expect(stackFaces([], 2).table).toEqual({ rows: 0, columns: 2, data: new Float32Array(0) });
});
