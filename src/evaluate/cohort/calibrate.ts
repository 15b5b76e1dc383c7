import { count } from '../../core/count';
import { createCohort, faceScale, meanCosine, nearestSquared, type CohortForm } from '../../core/cohort';
import { FaceError } from '../../core/errors';
import { addTo } from '../../core/lists';
import { mulberry32, shuffledIndices } from '../../core/random';
import { dot } from '../../core/vectors';
import type { FarPoint } from '../calibrate';
import { pickRows, type EmbeddingTable } from '../rowPairs';
import { mean } from '../statistics';
import { clusterCentres } from './centres';
import { evenDistance, groupsFor, rateAt, type GroupPairs } from './evenness';

/** Faces of people who are all different, one picture each; rows of length 1. */
export interface CohortFaces {
  readonly table: EmbeddingTable;
  /** The group of each row; null: not measured. */
  readonly groups: readonly (string | null)[];
  /** Whether two rows are one person after all. */
  readonly isTwice: (a: number, b: number) => boolean;
}

export interface CohortCalibration {
  readonly form: CohortForm;
  /** Rows of length 1. */
  readonly centres: Float32Array;
  readonly points: readonly FarPoint[];
  /** At each of those distances: each group's false-accept rate, cross-validated, where its pairs suffice. */
  readonly groups: readonly { readonly group: string; readonly pairs: number; readonly rates: readonly GroupRate[] }[];
  /** The spread of the groups' rates for every choice tried. */
  readonly tried: readonly { readonly nearest: number; readonly power: number; readonly spread: number }[];
}

const NEAREST = [3, 5, 10, 20];
const MOST = 20;
const POWERS = [0.32, 0.34, 0.36, 0.38, 0.4, 0.42, 0.44, 0.46, 0.48];
/** A mean over more centres is steadier and loses fewer pairs of one person, which is worth this much more spread. */
const STEADIER = 0.05;
/** Rates by which the choice is made. */
const CHOOSING = [1e-2, 1e-3];
const FARS = [1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 1e-1, 2e-1];
/**
 * The groups' mean rate over the promised one: all groups lie between half and three times that. The middle would be 1.22;
 * slightly more keeps the recall.
 */
const CENTRE = 1.35;
/** Groups of fewer faces show no rates. */
const LEAST_FACES = 100;
const FOLDS = 5;
const REPEATS = 3;

export interface GroupRate {
  readonly far: number;
  readonly rate: number;
}

/** Two faces of one group whose means neither has contributed to. */
interface Pair {
  readonly group: string;
  readonly distance: number;
  readonly a: Float64Array;
  readonly b: Float64Array;
}

/**
 * A cohort of the faces and how it is used: the number of nearest centres and the power that bring the groups' false-accept
 * rates closest together, cross-validated over people (no face is measured with a cohort that it or its pair is in), and the
 * normalised distance for each rate. Throws `evaluate/too-few`.
 */
export function calibrateCohort(
  faces: CohortFaces,
  seed: number,
  onProgress?: (done: number, total: number) => void,
): CohortCalibration {
  const pairs = heldOutPairs(faces, seed, onProgress);
  const tried: { form: CohortForm; at: number; spread: number }[] = [];
  for (const [at, nearest] of NEAREST.entries()) {
    const reference = referenceOf(pairs, at);
    for (const power of POWERS) {
      const form = { nearest, power, reference };
      const groups = normalised(pairs, at, form);
      const spreads = CHOOSING.map((far) => evenDistance(groups, far, 1)?.spread);
      const spread = mean(spreads.flatMap((value) => value ?? []));
      if (spreads.includes(undefined))
        throw new FaceError('evaluate/too-few', {
          reason: `${count(pairs.length, 'pair')} of two people of one group cannot show a rate of 1 in 1,000 in two groups.`,
        });
      tried.push({ form, at, spread });
    }
  }
  const least = Math.min(...tried.map(({ spread }) => spread));
  const near = tried.filter(({ spread }) => spread <= least + STEADIER);
  const { form, at } = near.reduce((best, one) =>
    one.form.nearest > best.form.nearest || (one.form.nearest === best.form.nearest && one.spread < best.spread)
      ? one
      : best,
  );
  const groups = normalised(pairs, at, form);
  const points = FARS.flatMap((far): FarPoint[] => {
    const even = evenDistance(groups, far, CENTRE);
    const impostors = groupsFor(groups, far).reduce((sum, { distances }) => sum + distances.length, 0);
    return even ? [{ far, distance: even.distance, impostors }] : [];
  });
  const choices = tried.map(({ form: { nearest, power }, spread }) => ({ nearest, power, spread }));
  const ratesOf = (group: GroupPairs): GroupRate[] =>
    points.flatMap(({ far, distance }) =>
      groupsFor([group], far).map((enough) => ({ far, rate: rateAt(enough, distance) })),
    );
  return {
    ...{ form, centres: clusterCentres(faces.table, seed), points, tried: choices },
    groups: groups.map((one) => ({ group: one.group, pairs: one.distances.length, rates: ratesOf(one) })),
  };
}

/** Pairs within a fold, their faces' means by a cohort of the other folds: one for each of `NEAREST`. */
function heldOutPairs(
  { table, groups, isTwice }: CohortFaces,
  seed: number,
  onProgress?: (done: number, total: number) => void,
): Pair[] {
  const { rows, columns, data } = table;
  const sizes = new Map<string, number>();
  for (const group of groups) if (group !== null) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const pairs: Pair[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const order = shuffledIndices(rows, mulberry32(seed + repeat));
    for (let fold = 0; fold < FOLDS; fold++) {
      const [inside, outside]: [number[], number[]] = [[], []];
      for (const [place, row] of order.entries()) (place % FOLDS === fold ? inside : outside).push(row);
      const centres = clusterCentres(pickRows(table, outside), seed);
      const cohort = createCohort({ id: '', nearest: MOST, power: 1, reference: 1 }, columns, centres);
      const rowAt = (row: number): Float32Array => data.subarray(row * columns, (row + 1) * columns);
      const ofGroup = new Map<string, { row: number; means: Float64Array }[]>();
      for (const row of inside) {
        const group = groups[row];
        if (group == null || sizes.get(group)! < LEAST_FACES) continue;
        const squared = nearestSquared(cohort, rowAt(row), MOST);
        const means = Float64Array.from(NEAREST, (nearest) => meanCosine(squared.subarray(0, nearest)));
        addTo(ofGroup, group, { row, means });
      }
      for (const [group, members] of ofGroup)
        for (const [at, a] of members.entries())
          for (const b of members.slice(at + 1)) {
            if (isTwice(a.row, b.row)) continue;
            const distance = Math.sqrt(Math.max(0, 2 - 2 * dot(rowAt(a.row), rowAt(b.row))));
            pairs.push({ group, distance, a: a.means, b: b.means });
          }
      onProgress?.(repeat * FOLDS + fold + 1, REPEATS * FOLDS);
    }
  }
  return pairs;
}

/** 1 − the mean cosine of a face with the scale 1: the geometric mean within groups, then over groups. */
function referenceOf(pairs: readonly Pair[], at: number): number {
  const logs = new Map<string, number[]>();
  for (const { group, a } of pairs) addTo(logs, group, Math.log(1 - a[at]!));
  return Math.exp(mean([...logs.values()].map(mean)));
}

function normalised(pairs: readonly Pair[], at: number, form: CohortForm): GroupPairs[] {
  const lists = new Map<string, number[]>();
  for (const { group, distance, a, b } of pairs)
    addTo(lists, group, distance * faceScale(form, a[at]!) * faceScale(form, b[at]!));
  return [...lists].map(([group, distances]) => ({ group, distances: Float64Array.from(distances).sort() }));
}
