import { count } from '../core/count';
import { FaceError } from '../core/errors';
import { stackRows } from '../core/vectors';

/** Labelled embeddings: row i is `vectors[i * size …]`, of the class `labels[i]`, an index of `classes`. */
export interface Samples {
  readonly count: number;
  readonly size: number;
  readonly vectors: Float32Array;
  readonly labels: Int32Array;
  readonly classes: readonly string[];
}

/** Packs named embeddings of one length; classes in order of their names. */
export function packSamples(list: readonly { readonly name: string; readonly vector: ArrayLike<number> }[]): Samples {
  const size = list[0]?.vector.length ?? 0;
  const classes = [...new Set(list.map(({ name }) => name))].sort();
  const index = new Map(classes.map((name, i) => [name, i]));
  return {
    count: list.length,
    size,
    vectors: stackRows(list.map(({ vector }) => vector)),
    labels: Int32Array.from(list, ({ name }) => index.get(name)!),
    classes,
  };
}

/** The rows of `picked`, with the same classes. */
export function pickSamples(samples: Samples, picked: readonly number[]): Samples {
  const { size, vectors, labels, classes } = samples;
  return {
    count: picked.length,
    size,
    vectors: stackRows(picked.map((from) => vectors.subarray(from * size, (from + 1) * size))),
    labels: Int32Array.from(picked, (from) => labels[from]!),
    classes,
  };
}

/** Throws `classify/too-few` unless there are at least two people with a face each. */
export function assertTrainable({ labels, classes }: Samples): void {
  const present = new Set(labels).size;
  if (present < 2) throw new FaceError('classify/too-few', { reason: `two people are needed, there is ${present}` });
  if (present < classes.length)
    throw new FaceError('classify/too-few', {
      reason: `no face of ${count(classes.length - present, 'person', 'people')}`,
    });
}
