import { mean } from '../statistics';
import type { AcceptedPairs, ComparedPeople, GroupPair } from './comparePeople';

/**
 * Intervals for rates over pairs of people. Pairs that share a person are not independent, so people are resampled instead of
 * pairs: a pair's weight is the product of its people's (the vertex bootstrap; Snijders and Borgatti, 1999; for error rates of
 * face verification Fogliato, Patil and Perona, 2024).
 */

/** A rate with its 95 % interval. */
export interface Measured {
  readonly rate: number;
  readonly interval: readonly [number, number];
}

/** Weight of each row; 0 for rows left out. */
export type Weights = Float64Array;

export const REPLICATES = 1000;
const NORMAL95 = 1.96;

/** Every person once. */
export function onceEach({ groups }: ComparedPeople, rows: number): Weights {
  const weights = new Float64Array(rows);
  for (const group of groups) for (const row of group.rows) weights[row] = 1;
  return weights;
}

/** As many people of each group as it has, drawn with replacement. */
export function drawPeople({ groups }: ComparedPeople, rows: number, random: () => number): Weights {
  const weights = new Float64Array(rows);
  for (const { rows: own } of groups)
    for (let left = own.length; left > 0; left--) weights[own[Math.floor(random() * own.length)]!]! += 1;
  return weights;
}

/** Share of accepted pairs; a person drawn twice makes no pair with himself. NaN where no pair is left. */
export function pairRate(
  { groups }: ComparedPeople,
  { first, second, pairs }: GroupPair,
  { a, b }: AcceptedPairs,
  weights: Weights,
): number {
  let accepted = 0;
  for (let i = 0; i < a.length; i++) accepted += weights[a[i]!]! * weights[b[i]!]!;
  if (first !== second) return accepted / pairs;
  const { rows } = groups[first]!;
  const squares = rows.reduce((sum, row) => sum + weights[row]! ** 2, 0);
  return accepted / ((rows.length ** 2 - squares) / 2);
}

/**
 * Share of a group's people who would be recognised as somebody in a gallery of `gallery` others of the group: the mean over
 * all such galleries, computed (hypergeometric) instead of sampled. `logs`: logarithms of factorials.
 */
export function strangerShare(
  rows: readonly number[],
  { a, b }: AcceptedPairs,
  gallery: number,
  weights: Weights,
  logs: Float64Array,
): number {
  const near = new Float64Array(weights.length);
  for (let i = 0; i < a.length; i++) {
    near[a[i]!]! += weights[b[i]!]!;
    near[b[i]!]! += weights[a[i]!]!;
  }
  let named = 0;
  for (const row of rows) {
    if (near[row] === 0) continue;
    const others = rows.length - weights[row]!;
    const far = others - near[row]!;
    const enrolled = Math.min(gallery, others);
    const nobody =
      far < enrolled ? 0 : Math.exp(logs[far]! - logs[far - enrolled]! - logs[others]! + logs[others - enrolled]!);
    named += weights[row]! * (1 - nobody);
  }
  return named / rows.length;
}

/** log(n!) for n from 0 to `most`. */
export function logFactorials(most: number): Float64Array {
  const logs = new Float64Array(most + 1);
  for (let n = 1; n <= most; n++) logs[n] = logs[n - 1]! + Math.log(n);
  return logs;
}

/**
 * The 95 % interval of a rate: the replicates' percentiles, centred on it, or Wilson's of `trials` independent trials where
 * that is wider. The bootstrap alone has no width where nothing was accepted; Wilson's ignores that pairs share people.
 */
export function measured(rate: number, replicates: readonly number[], trials: number): Measured {
  const sorted = Float64Array.from(replicates.filter(Number.isFinite)).sort();
  const shift = sorted.length > 0 ? rate - mean([...sorted]) : 0;
  const at = (share: number): number => (sorted[Math.round(share * (sorted.length - 1))] ?? rate) + shift;
  const [low, high] = wilson(rate, trials);
  return { rate, interval: [Math.max(0, Math.min(low, at(0.025))), Math.min(1, Math.max(high, at(0.975)))] };
}

/** Wilson's 95 % score interval. */
export function wilson(rate: number, trials: number): [number, number] {
  const z = NORMAL95 ** 2 / trials;
  const centre = (rate + z / 2) / (1 + z);
  const half = (NORMAL95 * Math.sqrt((rate * (1 - rate)) / trials + z / (4 * trials))) / (1 + z);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
