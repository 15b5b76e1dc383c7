import { FaceError } from '../core/errors';
import { euclidean } from '../core/vectors';
import type { EmbeddingTable } from './rowPairs';

/** Embeddings with the person of each row. */
export interface LabelledTable extends EmbeddingTable {
  readonly personOf: readonly string[];
}

export interface OpenSetResult {
  /** Share of the known people's probes whose nearest gallery face is theirs, whatever its distance. */
  readonly rank1: number;
  /** For each false-accept rate asked for. */
  readonly points: readonly {
    readonly far: number;
    /** The rate among the probes of strangers at `threshold`: the nearest possible one not above `far`. */
    readonly measuredFar: number;
    /** Plain Euclidean; a probe is taken for its nearest person when it is nearer. */
    readonly threshold: number;
    /** Detection and identification rate: share of the known people's probes that are nearer and rightly named. */
    readonly dir: number;
  }[];
  readonly knownProbes: number;
  readonly strangerProbes: number;
}

/**
 * Open-set identification: probes of people in the gallery should be named, those of strangers refused. Each probe is
 * compared with every gallery face; its nearest one names it. FAR: share of the strangers' probes that get a name.
 * @throws FaceError evaluate/too-few when there is no gallery, no known or no stranger's probe
 */
export function identify(gallery: LabelledTable, probes: LabelledTable, fars: readonly number[]): OpenSetResult {
  const enrolled = new Set(gallery.personOf);
  const strangers: number[] = [];
  const known: { readonly distance: number; readonly right: boolean }[] = [];
  for (const [row, person] of probes.personOf.entries()) {
    const { distance, nearest } = nearestFace(probes, row, gallery);
    if (enrolled.has(person)) known.push({ distance, right: nearest === person });
    else strangers.push(distance);
  }
  if (known.length === 0 || strangers.length === 0)
    throw new FaceError('evaluate/too-few', {
      reason: 'a gallery, pictures of its people, and pictures of strangers are needed.',
    });
  strangers.sort((a, b) => a - b);
  const points = fars.map((far) => {
    // Just as many strangers are nearer than this one as the rate allows.
    const threshold = strangers[Math.floor(far * strangers.length)] ?? Infinity;
    const share = (count: number, of: number): number => count / of;
    return {
      far,
      measuredFar: share(strangers.filter((distance) => distance < threshold).length, strangers.length),
      threshold,
      dir: share(known.filter(({ distance, right }) => right && distance < threshold).length, known.length),
    };
  });
  const rank1 = known.filter(({ right }) => right).length / known.length;
  return { rank1, points, knownProbes: known.length, strangerProbes: strangers.length };
}

function nearestFace(
  probes: EmbeddingTable,
  row: number,
  gallery: LabelledTable,
): { distance: number; nearest: string | null } {
  const { columns } = gallery;
  const probe = probes.data.subarray(row * columns, (row + 1) * columns);
  let distance = Infinity;
  let nearest: string | null = null;
  for (const [i, person] of gallery.personOf.entries()) {
    const d = euclidean(probe, gallery.data.subarray(i * columns, (i + 1) * columns));
    if (d >= distance) continue;
    distance = d;
    nearest = person;
  }
  return { distance, nearest };
}
