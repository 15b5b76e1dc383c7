import { stratifiedFolds } from './folds';
import { logisticScores, trainLogistic } from './logistic';
import { pairwiseScores, trainPairwise } from './pairwiseSvm';
import { assertTrainable, pickSamples, type Samples } from './samples';
import { softmax } from './softmax';
import { fitSlope } from './temperature';

export const CLASSIFIER_KINDS = ['svm', 'logistic'] as const;
export type ClassifierKind = (typeof CLASSIFIER_KINDS)[number];

/** A trained classifier with its training samples. */
export interface Classifier {
  readonly kind: ClassifierKind;
  readonly samples: Samples;
  /** Of the pairwise machines y α; of logistic regression, class by class, its weights and its bias. */
  readonly parameters: Float32Array;
  /** Probabilities are the softmax of `slope` · scores. */
  readonly slope: number;
}

export interface TrainOptions {
  readonly seed: number;
  readonly cost?: number;
  /** Without it, probabilities are not calibrated; who is most probable stays the same. Default true. */
  readonly calibrate?: boolean;
}

const COSTS: Readonly<Record<ClassifierKind, number>> = { svm: 1, logistic: 10 };
const CALIBRATION_FOLDS = 3;

/**
 * Learns to tell the people of `samples` apart: linear machines for each pair of people, or logistic regression over all.
 * The same samples and seed give the same classifier. Throws `classify/too-few`, `classify/too-many`.
 */
export function trainClassifier(kind: ClassifierKind, samples: Samples, options: TrainOptions): Classifier {
  assertTrainable(samples);
  const parameters = trainParameters(kind, samples, options);
  const slope = kind === 'svm' && options.calibrate !== false ? calibratedSlope(samples, options) : 1;
  return { kind, samples, parameters, slope };
}

function trainParameters(kind: ClassifierKind, samples: Samples, options: TrainOptions): Float32Array {
  const { cost = COSTS[kind], seed } = options;
  return kind === 'svm' ? trainPairwise(samples, { cost, seed }) : trainLogistic(samples, cost);
}

/** Fitted to scores of held-out faces; 1 where nobody has two faces. */
function calibratedSlope(samples: Samples, options: TrainOptions): number {
  const { size, vectors, labels, classes } = samples;
  const counts = new Int32Array(classes.length);
  for (const label of labels) counts[label]!++;
  const foldOf = stratifiedFolds(labels, CALIBRATION_FOLDS, options.seed);
  const scores: Float64Array[] = [];
  const truth: number[] = [];
  for (let fold = 0; fold < CALIBRATION_FOLDS; fold++) {
    const isOutside = (i: number): boolean => foldOf[i] === fold && counts[labels[i]!]! >= 2;
    const rows = [...labels.keys()];
    const known = pickSamples(
      samples,
      rows.filter((i) => !isOutside(i)),
    );
    const classifier = { kind: 'svm', samples: known, parameters: trainParameters('svm', known, options) } as const;
    for (const i of rows.filter(isOutside)) {
      scores.push(classScores({ ...classifier, slope: 1 }, vectors.subarray(i * size, (i + 1) * size)));
      truth.push(labels[i]!);
    }
  }
  return scores.length > 0 ? fitSlope(scores, truth) : 1;
}

function classScores({ kind, samples, parameters }: Classifier, vector: ArrayLike<number>): Float64Array {
  return kind === 'svm'
    ? pairwiseScores(parameters, samples, vector)
    : logisticScores(parameters, samples.classes.length, vector);
}

/** The probability of each class for one embedding; they sum to 1. */
export function classProbabilities(classifier: Classifier, vector: ArrayLike<number>): Float64Array {
  return softmax(classScores(classifier, vector).map((score) => classifier.slope * score));
}

/** The index of the most probable class, and its probability. */
export function classify(classifier: Classifier, vector: ArrayLike<number>): { best: number; probability: number } {
  const probabilities = classProbabilities(classifier, vector);
  let best = 0;
  for (let c = 1; c < probabilities.length; c++) if (probabilities[c]! > probabilities[best]!) best = c;
  return { best, probability: probabilities[best]! };
}
