import { expect, it } from 'vitest';
import { mulberry32 } from '../../../src/core/random';
import {
  centreDistances,
  centreThreshold,
  filterByCentre,
  splitByIdentity,
  splitByImage,
} from '../../../src/train/split';

const LABELS = Int32Array.from({ length: 100 }, (_, i) => (i < 60 ? i % 6 : 6 + (i % 4)));
const persons = (samples: readonly number[]) => new Set(samples.map((sample) => LABELS[sample]!));

it('by identity: no person on both sides, nobody lost', () => {
  const { train, heldOut } = splitByIdentity(LABELS, 0.3, mulberry32(1));
  expect(persons(heldOut).size).toBe(3);
  expect([...persons(train)].filter((person) => persons(heldOut).has(person))).toEqual([]);
  expect([...train, ...heldOut].sort((a, b) => a - b)).toEqual([...LABELS.keys()]);
});

it('by image: each person on both sides in the original’s numbers, no picture on both', () => {
  const { train, heldOut } = splitByImage(LABELS, 0.25, mulberry32(1));
  expect([...train, ...heldOut].sort((a, b) => a - b)).toEqual([...LABELS.keys()]);
  for (let person = 0; person < 10; person++)
    expect(train.filter((sample) => LABELS[sample] === person)).toHaveLength(7);
});

it('by image: one picture at least is held out; who has too few is left out', () => {
  const labels = Int32Array.of(0, 0, 0, 1, 1, 2);
  const { train, heldOut } = splitByImage(labels, 0.01, mulberry32(1), 2);
  expect(train.map((sample) => labels[sample])).toEqual([0, 0]);
  expect(heldOut.map((sample) => labels[sample])).toEqual([0]);
});

it('the same random numbers give the same split, others another', () => {
  const split = (seed: number) => splitByImage(LABELS, 0.3, mulberry32(seed)).heldOut;
  expect(split(3)).toEqual(split(3));
  expect(split(3)).not.toEqual(split(4));
});

it('filtering drops the farthest from their centres, then persons with too few left', () => {
  // Two persons on a line: 0 around 0 with one stray at 8, 1 with two pictures wide apart.
  const labels = Int32Array.of(0, 0, 0, 0, 1, 1);
  const distances = centreDistances(Float32Array.of(0, 0.1, -0.1, 8, 100, 120), labels);
  // The centres are 2 and 110.
  [2, 1.9, 2.1, 6, 10, 10].forEach((distance, i) => expect(distances[i]).toBeCloseTo(distance, 6));
  const kept = (percentile: number, least: number) =>
    filterByCentre(distances, labels, { threshold: centreThreshold(distances, percentile), least });
  expect(kept(50, 1)).toEqual([0, 1, 2]);
  expect(kept(70, 2)).toEqual([0, 1, 2, 3]);
  expect(kept(100, 1)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(kept(100, 3)).toEqual([0, 1, 2, 3]);
});
