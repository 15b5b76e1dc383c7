import { expect, test } from 'vitest';
import { mulberry32 } from '../../../../src/core/random';
import { cosine, l2Normalise, stackRows } from '../../../../src/core/vectors';
import { clusterCentres, LEAST_PEOPLE } from '../../../../src/evaluate/cohort/centres';

const COLUMNS = 8;
/** Faces of length 1 close to one of the axes, `each` of an axis. */
function table(axes: number, each: number) {
  const random = mulberry32(4);
  const rows = Array.from({ length: axes * each }, (_, i) =>
    l2Normalise(Float32Array.from({ length: COLUMNS }, (_, k) => (k === i % axes ? 1 : 0) + 0.1 * (random() - 0.5))),
  );
  return { rows: rows.length, columns: COLUMNS, data: stackRows(rows) };
}
const rowsOf = (data: Float32Array) =>
  Array.from({ length: data.length / COLUMNS }, (_, i) => data.subarray(i * COLUMNS, (i + 1) * COLUMNS));

test('two kinds of faces get a centre each, of length 1', () => {
  const centres = rowsOf(clusterCentres(table(2, LEAST_PEOPLE), 1));
  expect(centres).toHaveLength(2);
  for (const centre of centres) expect(Math.hypot(...centre)).toBeCloseTo(1, 6);
  const axisOf = (centre: Float32Array) => centre.findIndex((value) => value > 0.95);
  expect(centres.map(axisOf).sort()).toEqual([0, 1]);
});

test('each centre is that of 8 to 15 faces, and every face is near one', () => {
  const faces = table(5, 20);
  const centres = rowsOf(clusterCentres(faces, 3));
  expect(centres.length).toBeGreaterThanOrEqual(Math.ceil(100 / (2 * LEAST_PEOPLE - 1)));
  expect(centres.length).toBeLessThanOrEqual(Math.floor(100 / LEAST_PEOPLE));
  for (const face of rowsOf(faces.data))
    expect(Math.max(...centres.map((centre) => cosine(face, centre)))).toBeGreaterThan(0.6);
});

test('fewer faces than two centres need give one, and the same seed gives the same centres', () => {
  expect(rowsOf(clusterCentres(table(1, 2 * LEAST_PEOPLE - 1), 1))).toHaveLength(1);
  expect(clusterCentres(table(5, 20), 3)).toEqual(clusterCentres(table(5, 20), 3));
});
