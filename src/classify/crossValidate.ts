import { FaceError } from '../core/errors';
import { classify, trainClassifier, type ClassifierKind } from './classifier';
import { stratifiedFolds } from './folds';
import { pickSamples, type Samples } from './samples';

const FOLDS = 5;

export interface CrossValidation {
  /** Held-out faces: those of people with at least two. */
  readonly tested: number;
  /** Faces given the right person by the nearest face, and by the classifier. */
  readonly right: { readonly nearest: number; readonly classifier: number };
}

/** The class of the nearest face, plain Euclidean; −1 when there is none. */
export function nearestClass({ count, size, vectors, labels }: Samples, vector: ArrayLike<number>): number {
  let best = -1;
  let least = Infinity;
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let k = 0; k < size && sum < least; k++) {
      const d = vectors[i * size + k]! - vector[k]!;
      sum += d * d;
    }
    if (sum < least) [best, least] = [labels[i]!, sum];
  }
  return best;
}

/**
 * Held-out accuracy of the nearest face and of a classifier of `kind`, over stratified folds. People with one face are
 * always trained on. Throws `classify/too-few` unless two people have two faces each, `classify/too-many`.
 */
export function crossValidate(
  samples: Samples,
  options: {
    readonly kind: ClassifierKind;
    readonly seed: number;
    readonly onFold?: (done: number, total: number) => void;
  },
): CrossValidation {
  const { kind, seed, onFold } = options;
  const counts = new Map<number, number>();
  for (const label of samples.labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const testable = [...counts.values()].filter((n) => n >= 2);
  if (testable.length < 2)
    throw new FaceError('classify/too-few', { reason: 'two people with at least two faces each are needed' });
  const dealt = Math.min(FOLDS, Math.max(...testable));
  const foldOf = stratifiedFolds(samples.labels, dealt, seed);
  const right = { nearest: 0, classifier: 0 };
  let tested = 0;
  for (let fold = 0; fold < dealt; fold++) {
    const inside: number[] = [];
    const outside: number[] = [];
    for (let i = 0; i < samples.count; i++)
      (foldOf[i] === fold && counts.get(samples.labels[i]!)! >= 2 ? outside : inside).push(i);
    const known = pickSamples(samples, inside);
    const classifier = trainClassifier(kind, known, { seed, calibrate: false });
    for (const i of outside) {
      const vector = samples.vectors.subarray(i * samples.size, (i + 1) * samples.size);
      const truth = samples.labels[i]!;
      tested++;
      if (nearestClass(known, vector) === truth) right.nearest++;
      if (classify(classifier, vector).best === truth) right.classifier++;
    }
    onFold?.(fold + 1, dealt);
  }
  return { tested, right };
}
