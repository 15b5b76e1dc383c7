import { expect, test } from 'vitest';
import { mulberry32 } from '../../../src/core/random';
import { calibrate, pairHistograms, shareBelow } from '../../../src/evaluate/calibrate';
import { errorCode } from '../weights/errorCode';

test('every pair of different people is counted once, and the distances are those of the sorted pairs', () => {
  const random = mulberry32(3);
  const [rows, columns] = [150, 10]; // more than one block, and a row's end that is no multiple of four
  const data = Float32Array.from({ length: rows * columns }, () => random() - 0.5);
  const personOf = Array.from({ length: rows }, (_, i) => Math.floor(i / 4));
  const { impostor, genuine } = pairHistograms({ rows, columns, data }, personOf);

  const distances: { different: number[]; same: number[] } = { different: [], same: [] };
  for (let i = 0; i < rows; i++)
    for (let j = i + 1; j < rows; j++) {
      const row = (r: number) => Array.from(data.subarray(r * columns, (r + 1) * columns));
      const b = row(j);
      const distance = Math.hypot(...row(i).map((x, c) => x - b[c]!));
      (personOf[i] === personOf[j] ? distances.same : distances.different).push(distance);
    }
  expect(impostor.total).toBe(distances.different.length);
  expect(genuine.total).toBe(distances.same.length);

  const sorted = distances.different.sort((a, b) => a - b);
  for (const { far, distance, impostors } of calibrate(impostor, [0.1, 0.01, 0.002])) {
    expect(impostors).toBe(sorted.length);
    // Within a bin of .0001 of the pair that is the last one accepted.
    const last = sorted[Math.ceil(far * sorted.length) - 1]!;
    expect(Math.abs(distance - last)).toBeLessThan(2e-4);
    expect(shareBelow(impostor, distance)).toBeCloseTo(far, 9);
  }
  const near = distances.same.filter((distance) => distance < 0.9).length / distances.same.length;
  expect(shareBelow(genuine, 0.9)).toBeCloseTo(near, 2);
  expect(shareBelow(genuine, 100)).toBe(1);
});

test('rates come rising, and those measured on fewer than ten pairs are left out', () => {
  const data = Float32Array.from({ length: 200 }, (_, i) => i);
  const { impostor } = pairHistograms(
    { rows: 200, columns: 1, data },
    Array.from(data, (_, i) => i),
  );
  expect(calibrate(impostor, [0.5, 1e-6, 1e-3, 1e-2]).map(({ far }) => far)).toEqual([1e-3, 1e-2, 0.5]);
  expect(errorCode(() => calibrate(impostor, [1e-6]))).toBe('evaluate/too-few');
});

test('progress is reported up to the whole', () => {
  const heard: number[] = [];
  pairHistograms({ rows: 100, columns: 1, data: new Float32Array(100) }, new Int32Array(100), (done) =>
    heard.push(done),
  );
  expect(heard.length).toBe(4);
  expect(heard.at(-1)).toBe(1);
});
