import { FaceError } from '../core/errors';
import { meanOfPairs, pairDistances, type DistanceName } from './distance';
import { auc, countsBelow, equalErrorRate, type Roc } from './roc';
import type { EmbeddingTable, RowPairs } from './rowPairs';
import { confidenceInterval, mean, std } from './statistics';

export interface FoldOptions {
  /**
   * Step of the thresholds that accuracy chooses from; default .01, the original's, for both distances. The angle has a range
   * of 1 instead of 4, where one such step affects about ten of LFW's 6,000 pairs.
   */
  readonly thresholdStep?: number | undefined;
  /** The false-accept rate at which VAL is measured. */
  readonly far: number;
}

export interface EvaluateOptions extends FoldOptions {
  readonly distance: DistanceName;
  /** Subtract the training folds' mean embedding from every embedding first. */
  readonly subtractMean: boolean;
}

/** Which pairs are of one person, and in which fold. */
type PairAnswers = Pick<RowPairs, 'same' | 'fold' | 'folds'>;

export interface Evaluation {
  /** Share of pairs classified correctly; `folds` has each fold's, `interval` is the mean's at 95 % confidence. */
  readonly accuracy: {
    readonly mean: number;
    readonly std: number;
    readonly interval: readonly [number, number];
    readonly folds: readonly number[];
    /** The threshold that the other folds chose for each, in the protocol's distance. */
    readonly thresholds: readonly number[];
  };
  /** Share of same pairs accepted, and of different ones, `far`, at thresholds chosen on the other folds. */
  readonly val: { readonly mean: number; readonly std: number; readonly far: number };
  readonly auc: number;
  readonly eer: number;
  /** Mean over the folds, at thresholds in steps of .01. */
  readonly roc: Roc;
  /** Each pair's distance, without the mean of the other folds if asked, and whether it is classified wrongly. */
  readonly distances: Float64Array;
  readonly wrong: Uint8Array;
}

export const STEP = 0.01;
const VAL_STEP = 0.001;
const LAST = 4;

/**
 * The LFW protocol (“unrestricted, labelled outside data”) as facenet measures it; a pair is accepted below the threshold.
 * Accuracy of a fold: at the threshold of 0, .01, … 3.99 (or in steps of `thresholdStep`) that is best on the other folds,
 * the smallest of equals. VAL of a fold: at the threshold of 0, .001, … 3.999 where the other folds' share of accepted
 * different pairs reaches `far`, linear between the steps; 0 where none reaches it. ROC: mean over the folds of both rates at
 * every threshold, from which AUC and EER follow.
 * @throws FaceError evaluate/too-few when a fold lacks pairs of either kind
 */
export function evaluatePairs(table: EmbeddingTable, pairs: RowPairs, options: EvaluateOptions): Evaluation {
  const { distance, subtractMean } = options;
  if (!subtractMean) return evaluateDistances(pairDistances(table, pairs, distance, null), pairs, options);
  const centreWithout = (f: number): Float64Array => meanOfPairs(table, pairs, (i) => pairs.fold[i] !== f);
  return evaluateFolds((f) => pairDistances(table, pairs, distance, centreWithout(f)), pairs, options);
}

/** The same protocol on each pair's distance, squared, from wherever. @throws FaceError evaluate/too-few */
export function evaluateDistances(distances: Float64Array, pairs: PairAnswers, options: FoldOptions): Evaluation {
  return evaluateFolds(() => distances, pairs, options);
}

function evaluateFolds(
  distancesFor: (fold: number) => Float64Array,
  pairs: PairAnswers,
  options: FoldOptions,
): Evaluation {
  assertEnough(pairs);
  const { same, fold, folds } = pairs;
  const distances = new Float64Array(same.length);
  const wrong = new Uint8Array(same.length);
  const accuracies: number[] = [];
  const thresholds: number[] = [];
  const vals: number[] = [];
  const fars: number[] = [];
  const rocs: { tpr: Float64Array; far: Float64Array }[] = [];
  const grid = steps(options.thresholdStep ?? STEP, LAST);
  const valGrid = steps(VAL_STEP, LAST);

  for (let f = 0; f < folds; f++) {
    const d = distancesFor(f);
    const train = split(d, pairs, (i) => fold[i] !== f);
    const test = split(d, pairs, (i) => fold[i] === f);

    const threshold = bestThreshold(train, grid);
    let right = 0;
    for (let i = 0; i < d.length; i++) {
      if (fold[i] !== f) continue;
      distances[i] = d[i]!;
      wrong[i] = Number(d[i]! < threshold !== (same[i] === 1));
      right += 1 - wrong[i]!;
    }
    thresholds.push(threshold);
    accuracies.push(right / (test.same.length + test.different.length));

    const valThreshold = thresholdAtFar(train.different, valGrid, options.far);
    vals.push(rate(test.same, valThreshold));
    fars.push(rate(test.different, valThreshold));
    rocs.push(rocOf(test));
  }
  const roc = meanRoc(rocs);
  return {
    accuracy: {
      mean: mean(accuracies),
      std: std(accuracies),
      interval: confidenceInterval(accuracies),
      folds: accuracies,
      thresholds,
    },
    val: { mean: mean(vals), std: std(vals), far: mean(fars) },
    auc: auc(roc),
    eer: equalErrorRate(roc),
    roc,
    distances,
    wrong,
  };
}

function assertEnough({ same, fold, folds }: PairAnswers): void {
  if (folds < 2) throw new FaceError('evaluate/too-few', { reason: 'one fold cannot choose a threshold for another.' });
  const seen = new Set(Array.from(same, (answer, i) => `${fold[i]} ${answer}`));
  if (seen.size < 2 * folds)
    throw new FaceError('evaluate/too-few', {
      reason: `each of the ${folds} folds needs a pair of one person and one of two people.`,
    });
}

/** 0, step, 2 · step, … below `end`. */
function steps(step: number, end: number): Float64Array {
  return Float64Array.from({ length: Math.round(end / step) }, (_, i) => i * step);
}

/** Sorted distances. */
interface Split {
  readonly same: Float64Array;
  readonly different: Float64Array;
}

function split(distances: Float64Array, { same }: PairAnswers, counts: (pair: number) => boolean): Split {
  return {
    same: distances.filter((_, i) => same[i] === 1 && counts(i)).sort(),
    different: distances.filter((_, i) => same[i] === 0 && counts(i)).sort(),
  };
}

function bestThreshold({ same, different }: Split, grid: Float64Array): number {
  const accepted = countsBelow(same, grid);
  const wronglyAccepted = countsBelow(different, grid);
  let best = 0;
  for (let t = 1; t < grid.length; t++)
    if (accepted[t]! - wronglyAccepted[t]! > accepted[best]! - wronglyAccepted[best]!) best = t;
  return grid[best]!;
}

function thresholdAtFar(different: Float64Array, grid: Float64Array, far: number): number {
  const counts = countsBelow(different, grid);
  const wanted = far * different.length;
  const next = counts.findIndex((count) => count >= wanted);
  if (next <= 0) return 0;
  const [before, after] = [counts[next - 1]!, counts[next]!];
  return grid[next - 1]! + ((wanted - before) / (after - before)) * (grid[next]! - grid[next - 1]!);
}

function rate(sorted: Float64Array, threshold: number): number {
  return countsBelow(sorted, Float64Array.of(threshold))[0]! / sorted.length;
}

/** Extends beyond 4 where distances do, as those of joined embeddings may. */
function rocOf({ same, different }: Split): Roc {
  const largest = Math.max(same.at(-1)!, different.at(-1)!);
  const grid = steps(STEP, Math.max(LAST, (Math.floor(largest / STEP) + 2) * STEP));
  return {
    tpr: Float64Array.from(countsBelow(same, grid), (count) => count / same.length),
    far: Float64Array.from(countsBelow(different, grid), (count) => count / different.length),
  };
}

/** Curves that end sooner have reached 1. */
function meanRoc(rocs: readonly Roc[]): Roc {
  const length = Math.max(...rocs.map(({ tpr }) => tpr.length));
  const at = (key: 'tpr' | 'far', i: number): number => mean(rocs.map((roc) => roc[key][i] ?? 1));
  return {
    tpr: Float64Array.from({ length }, (_, i) => at('tpr', i)),
    far: Float64Array.from({ length }, (_, i) => at('far', i)),
  };
}
