import { normalisedDistance } from '../core/cohort';
import { pairDistances } from './distance';
import { evaluateDistances, type Evaluation, type FoldOptions } from './kfold';
import type { EmbeddingTable, RowPairs } from './rowPairs';

/** The distances by which a model decides; the fields are those of `EngineState`. */
export interface DecisionRule {
  /** The false-accept rate that both distances promise. */
  readonly far: number;
  /** Plain Euclidean distance. */
  readonly plainThreshold: number;
  /** Normalised distance: see core/cohort.ts. */
  readonly threshold: number;
}

export interface Decision extends Pick<Evaluation, 'accuracy' | 'val' | 'auc' | 'eer'> {
  /** The rule's distance, not squared: up to it, itself included, two faces are one person. */
  readonly threshold: number;
  /** Share of same pairs accepted at it. */
  readonly recall: number;
  /** Share of different pairs accepted at it. */
  readonly falseAccepts: number;
}

export interface Decisions {
  /** The false-accept rate that both thresholds promise. */
  readonly far: number;
  /** Pairs of one person, and of two. */
  readonly same: number;
  readonly different: number;
  readonly plain: Decision;
  readonly normalised: Decision;
}

/**
 * A model's own decisions about pairs of `table`'s rows, embeddings of single pictures, by plain and by normalised distances;
 * `scales`: the factor of each row's distances. Accuracy, VAL, AUC and EER follow the protocol on squared distances.
 * @throws FaceError evaluate/too-few when a fold lacks pairs of either kind
 */
export function evaluateDecisions(
  table: EmbeddingTable,
  scales: ArrayLike<number>,
  pairs: RowPairs,
  { far, plainThreshold, threshold }: DecisionRule,
  options: FoldOptions,
): Decisions {
  const { a, b, same } = pairs;
  const squared = pairDistances(table, pairs, 'euclidean', null);
  const plain = squared.map(Math.sqrt);
  const normalised = plain.map((distance, i) => normalisedDistance(distance, scales[a[i]!]!, scales[b[i]!]!));
  const ofOne = same.reduce((sum, answer) => sum + answer, 0);
  const decision = (distances: Float64Array, squares: Float64Array, limit: number): Decision => {
    const { accuracy, val, auc, eer } = evaluateDistances(squares, pairs, options);
    const accepted = [0, 0];
    for (const [i, distance] of distances.entries()) if (distance <= limit) accepted[same[i]!]!++;
    return {
      ...{ accuracy, val, auc, eer, threshold: limit },
      recall: accepted[1]! / ofOne,
      falseAccepts: accepted[0]! / (same.length - ofOne),
    };
  };
  return {
    far,
    same: ofOne,
    different: same.length - ofOne,
    plain: decision(plain, squared, plainThreshold),
    normalised: decision(
      normalised,
      normalised.map((distance) => distance ** 2),
      threshold,
    ),
  };
}
