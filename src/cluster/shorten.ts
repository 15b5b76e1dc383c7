import { mulberry32 } from '../core/random';
import type { Points } from './points';

/** Rows in fewer numbers, which give a lower bound of the distance of two of them. */
export interface Shortened {
  readonly size: number;
  readonly vectors: Float32Array;
  /** Length of the part of a row outside these numbers: with it they bound the distance of two rows from below. */
  readonly rest: Float64Array;
  /** Upper bound of the rounding error of a row's numbers and its rest together. */
  readonly rounding: Float64Array;
}

/** Numbers a row: they hold all but a ten-thousandth of the squared length of both models' embeddings (`data/groups`). */
const DIRECTIONS = 64;
/** Rows from which the directions are found, evenly spread. The bound holds for any directions. */
const SAMPLE = 1024;
const ROUNDS = 2;
const SEED = 1;
/** Share of a length: single precision, and the square root of a rounded difference. */
const ROUNDING = 1e-6;

/** The rows as they are. */
export function whole({ count, size, vectors }: Points): Shortened {
  return { size, vectors, rest: new Float64Array(count), rounding: new Float64Array(count) };
}

/** The rows along the directions in which most of their length lies. */
export function shorten({ count, size, vectors }: Points): Shortened {
  if (size <= DIRECTIONS) return whole({ count, size, vectors });
  const kept = DIRECTIONS;
  const directions = mainDirections({ count, size, vectors }, kept);
  const short = new Float32Array(count * kept);
  const [rest, rounding] = [new Float64Array(count), new Float64Array(count)];
  const [row, values] = [new Float64Array(size), new Float64Array(kept)];
  for (let i = 0; i < count; i++) {
    row.set(vectors.subarray(i * size, (i + 1) * size));
    const whole = squared(row);
    along(directions, row, values);
    short.set(values, i * kept);
    rest[i] = Math.sqrt(Math.max(0, whole - squared(values)));
    rounding[i] = ROUNDING * Math.sqrt(whole);
  }
  return { size: kept, vectors: short, rest, rounding };
}

/** Orthogonal iteration on a sample's second moments: `kept` orthonormal directions, one after the other. */
function mainDirections({ count, size, vectors }: Points, kept: number): Float64Array {
  const step = Math.max(1, Math.ceil(count / SAMPLE));
  const rows: Float64Array[] = [];
  for (let i = 0; i < count; i += step) rows.push(Float64Array.from(vectors.subarray(i * size, (i + 1) * size)));
  const random = mulberry32(SEED);
  const directions = Float64Array.from({ length: kept * size }, () => random() - 0.5);
  orthonormalise(directions, size);
  const values = new Float64Array(kept);
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float64Array(kept * size);
    for (const row of rows) {
      along(directions, row, values);
      for (let d = 0; d < kept; d++) addTimes(next, d * size, row, values[d]!);
    }
    orthonormalise(next, size);
    directions.set(next);
  }
  return directions;
}

/** Gram–Schmidt, twice for full precision; a direction that depends on the others becomes all zeros. */
function orthonormalise(directions: Float64Array, size: number): void {
  for (let at = 0; at < directions.length; at += size) {
    const own = directions.subarray(at, at + size);
    const before = Math.sqrt(dot(directions, at, own));
    for (let pass = 0; pass < 2; pass++)
      for (let other = 0; other < at; other += size)
        addTimes(directions, at, directions.subarray(other, other + size), -dot(directions, other, own));
    const length = Math.sqrt(dot(directions, at, own));
    const factor = length > 1e-9 * before ? 1 / length : 0;
    for (let k = 0; k < size; k++) own[k]! *= factor;
  }
}

/** A row's numbers along each of the directions, four at a time. */
function along(directions: Float64Array, row: Float64Array, values: Float64Array): void {
  const size = row.length;
  for (let d = 0; d < values.length; d += 4) {
    let [a, b, c, e] = [0, 0, 0, 0];
    const [second, third, fourth] = [(d + 1) * size, (d + 2) * size, (d + 3) * size];
    for (let k = 0, at = d * size; k < size; k++, at++) {
      const value = row[k]!;
      a += value * directions[at]!;
      b += value * directions[second + k]!;
      c += value * directions[third + k]!;
      e += value * directions[fourth + k]!;
    }
    [values[d], values[d + 1], values[d + 2], values[d + 3]] = [a, b, c, e];
  }
}

function dot(values: Float64Array, from: number, row: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < row.length; k++) sum += values[from + k]! * row[k]!;
  return sum;
}

const squared = (row: Float64Array): number => dot(row, 0, row);

/** values[from…] += factor × row. */
function addTimes(values: Float64Array, from: number, row: Float64Array, factor: number): void {
  for (let k = 0; k < row.length; k++) values[from + k]! += factor * row[k]!;
}
