import { expect, test } from 'vitest';
import { mulberry32 } from '../../../../src/core/random';
import { euclidean } from '../../../../src/core/vectors';
import { eachCandidate } from '../../../../src/core/search/candidates';
import { encodeRows } from '../../../../src/core/search/codes';

const SIZE = 70;

/** Rows of very different lengths, some all zeros, some equal to the vector but for noise of 1 in 1,000. */
function rowsNear(vector: Float32Array, count: number): Float32Array {
  const random = mulberry32(3);
  const rows = new Float32Array(count * SIZE);
  for (let row = 0; row < count; row++) {
    const kind = row % 4;
    for (let k = 0; k < SIZE; k++) {
      const noise = random() - 0.5;
      rows[row * SIZE + k] = [noise, 100 * noise, 0, vector[k]! + 1e-3 * noise][kind]!;
    }
  }
  return rows;
}

test('no row within the limit is left out, whatever its length, and most others are', () => {
  const vector = Float32Array.from({ length: SIZE }, mulberry32(1));
  const rows = rowsNear(vector, 4000);
  const codes = encodeRows(rows, SIZE);
  const distances = Array.from({ length: codes.count }, (_, row) =>
    euclidean(vector, rows.subarray(row * SIZE, (row + 1) * SIZE)),
  );
  for (const limit of [0, 2e-3, 3e-3, distances[0]!, distances[2]!]) {
    const visited = new Set<number>();
    eachCandidate(codes, vector, limit, (row) => {
      visited.add(row);
      return limit;
    });
    const within = distances.flatMap((distance, row) => (distance <= limit ? [row] : []));
    expect(within.filter((row) => !visited.has(row))).toEqual([]);
    const wellWithin = distances.filter((distance) => distance <= 1.02 * limit + 0.05).length;
    expect(visited.size).toBeLessThanOrEqual(wellWithin);
  }
});

test('rows are visited in order, by the limit that was given last', () => {
  const rows = Float32Array.from([9, 0, 1, 0, 2, 0, 0.5, 0]);
  const visited: number[] = [];
  eachCandidate(encodeRows(rows, 2), Float32Array.from([0, 0]), Infinity, (row) => {
    visited.push(row);
    return rows[2 * row]!;
  });
  expect(visited).toEqual([0, 1, 3]);
});

test('without rows nothing is visited', () => {
  eachCandidate(encodeRows(new Float32Array(0), 0), new Float32Array(2), Infinity, () => expect.unreachable());
});
