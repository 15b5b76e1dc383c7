import { throwIfAborted } from '../core/abort';
import { stratifiedFolds } from './folds';
import { planeValue, trainSvm, type Plane } from './linearSvm';
import { softmax, trainLogistic } from './logistic';
import { fitSigmoid, probabilityOf, type Sigmoid } from './platt';
import { assertTrainable, pickSamples, type Samples } from './samples';

export const CLASSIFIER_KINDS = ['svm', 'logistic'] as const;
export type ClassifierKind = (typeof CLASSIFIER_KINDS)[number];

/** A trained classifier: plane c, and for a machine its sigmoid, belong to `classes[c]`. */
export interface Classifier {
  readonly kind: ClassifierKind;
  readonly classes: readonly string[];
  readonly planes: readonly Plane[];
  /** Of the support vector machines; empty for logistic regression. */
  readonly sigmoids: readonly Sigmoid[];
}

export interface TrainOptions {
  readonly seed: number;
  /** Defaults chosen by cross-validation on people who are in no test: see CONTRIBUTING.md. */
  readonly cost?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onClass?: (done: number, total: number) => void;
}

const COSTS: Readonly<Record<ClassifierKind, number>> = { svm: 1, logistic: 10 };
/** libsvm's number of folds for Platt's probabilities. */
const PLATT_FOLDS = 5;

/**
 * Learns to tell the people of `samples` apart by their embeddings: one linear machine a person against all others with
 * Platt's probabilities, or logistic regression over all. The same samples and seed give the same classifier.
 * Throws `classify/too-few`, `aborted`.
 */
export function trainClassifier(kind: ClassifierKind, samples: Samples, options: TrainOptions): Classifier {
  assertTrainable(samples);
  const { cost = COSTS[kind] } = options;
  throwIfAborted(options.signal);
  if (kind === 'logistic')
    return { kind, classes: samples.classes, planes: trainLogistic(samples, cost), sigmoids: [] };
  const planes = trainPlanes(samples, cost, options);
  return { kind, classes: samples.classes, planes, sigmoids: plattSigmoids(samples, planes, cost, options) };
}

function trainPlanes(samples: Samples, cost: number, { seed, signal, onClass }: TrainOptions): Plane[] {
  const { size, vectors, labels, classes } = samples;
  return classes.map((_, c) => {
    throwIfAborted(signal);
    const signs = Int8Array.from(labels, (label) => (label === c ? 1 : -1));
    const plane = trainSvm(vectors, size, signs, { cost, seed: seed + c });
    onClass?.(c + 1, classes.length);
    return plane;
  });
}

/** From values for faces that the machine did not learn from; a class too small for that by those that it did. */
function plattSigmoids(samples: Samples, planes: readonly Plane[], cost: number, options: TrainOptions): Sigmoid[] {
  const { count, vectors, labels, classes } = samples;
  const counts = classes.map((_, c) => labels.reduce((sum, label) => sum + (label === c ? 1 : 0), 0));
  const folds = Math.min(PLATT_FOLDS, Math.max(...counts));
  const values = classes.map((_, c) =>
    Float64Array.from({ length: count }, (_, i) => planeValue(planes[c]!, vectors, i)),
  );
  if (folds >= 2) {
    const foldOf = stratifiedFolds(labels, folds, options.seed);
    for (let fold = 0; fold < folds; fold++) {
      const inside: number[] = [];
      const outside: number[] = [];
      for (let i = 0; i < count; i++) (foldOf[i] === fold ? outside : inside).push(i);
      const trained = trainPlanes(pickSamples(samples, inside), cost, { ...options, onClass: () => {} });
      for (const [c, plane] of trained.entries()) {
        if (counts[c]! < 2) continue;
        for (const i of outside) values[c]![i] = planeValue(plane, vectors, i);
      }
    }
  }
  return classes.map((_, c) =>
    fitSigmoid(
      values[c]!,
      Array.from(labels, (label) => label === c),
    ),
  );
}

/** The probability of each class for one embedding; they sum to 1. */
export function classProbabilities({ kind, planes, sigmoids }: Classifier, vector: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(planes, (plane) => planeValue(plane, vector));
  if (kind === 'logistic') return softmax(values);
  const each = values.map((value, c) => probabilityOf(sigmoids[c]!, value));
  const sum = each.reduce((total, p) => total + p, 0);
  return sum > 0 ? each.map((p) => p / sum) : softmax(values);
}

export interface ClassAnswer {
  /** Index of the most probable class. */
  readonly best: number;
  readonly probability: number;
}

export function classify(classifier: Classifier, vector: ArrayLike<number>): ClassAnswer {
  const probabilities = classProbabilities(classifier, vector);
  let best = 0;
  for (let c = 1; c < probabilities.length; c++) if (probabilities[c]! > probabilities[best]!) best = c;
  return { best, probability: probabilities[best]! };
}
