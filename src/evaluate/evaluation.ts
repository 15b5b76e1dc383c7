/** How well a model recognises people on pictures that were not trained on; a run's report compares two such evaluations. */
import { normalisedDistance } from '../core/cohort';
import { FaceError } from '../core/errors';
import type { Evaluation } from '../core/types';
import { euclidean } from '../core/vectors';
import { distanceAt, pairHistograms, shareBelow, type PairHistograms, type ScaledTable } from './calibrate';

/** Embeddings with a class number for each row. */
export interface LabelledRows extends ScaledTable {
  readonly labels: Int32Array;
}

export interface EvaluationInputs {
  /** The training pictures: whom a face can be matched with. */
  readonly gallery: LabelledRows;
  readonly heldOut: LabelledRows;
  /** People who are not in the gallery; their labels only distinguish them from each other. */
  readonly impostors: LabelledRows;
  readonly far: number;
  /** The class that a trained head gives each held-out picture; without it the nearest gallery picture decides. */
  readonly named?: Int32Array;
}

/**
 * Checks before hours of training that there will be pairs to evaluate on: throws `evaluate/too-few` where
 * `evaluateModel` would.
 */
export function assertEvaluable(heldOut: readonly number[], impostors: readonly number[]): void {
  if (new Set(heldOut).size < 2 && new Set(impostors).size < 2)
    throw new FaceError('evaluate/too-few', { reason: NOBODY });
}

const NOBODY =
  'no two impostors, and no two held-out people. Hold out more pictures of each person, or give impostors.';

/**
 * Evaluates one model by its embeddings. On the same pictures the evaluations of two models are comparable: each has its
 * own threshold, at the same false-accept rate. Throws `evaluate/too-few` without a pair of two impostors or two held-out
 * people.
 */
export function evaluateModel({ gallery, heldOut, impostors, far, named }: EvaluationInputs): Evaluation {
  const ofImpostors = pairHistograms(impostors, impostors.labels);
  const ofHeldOut = pairHistograms(heldOut, heldOut.labels);
  const fromImpostors = ofImpostors.impostor.total > 0;
  const impostor = fromImpostors ? ofImpostors.impostor : ofHeldOut.impostor;
  if (impostor.total === 0) throw new FaceError('evaluate/too-few', { reason: NOBODY });
  const threshold = distanceAt(impostor, far);
  const plain = ({ rows, columns, data, labels }: LabelledRows) =>
    distanceAt(pairHistograms({ rows, columns, data }, labels).impostor, far);
  const strangers = fromImpostors ? impostors : heldOut;
  const valOf = ({ genuine }: PairHistograms) => (genuine.total > 0 ? shareBelow(genuine, threshold) : null);
  return {
    accuracy: accuracyOf(gallery, heldOut, named),
    namedBy: named ? 'head' : 'nearest',
    val: valOf(ofHeldOut),
    impostorsVal: valOf(ofImpostors),
    far,
    threshold,
    plainThreshold: strangers.scales ? plain(strangers) : threshold,
    thresholdFrom: fromImpostors ? 'impostors' : 'heldOut',
    impostorPairs: impostor.total,
    impostorsAccepted: acceptedShare(gallery, impostors, threshold),
  };
}

function accuracyOf(gallery: LabelledRows, heldOut: LabelledRows, named: Int32Array | undefined): number | null {
  const trained = new Set(gallery.labels);
  let [right, all] = [0, 0];
  heldOut.labels.forEach((label, row) => {
    if (!trained.has(label)) return;
    all++;
    if ((named ? named[row] : nearest(heldOut, row, gallery).label) === label) right++;
  });
  return all > 0 ? right / all : null;
}

function acceptedShare(gallery: LabelledRows, impostors: LabelledRows, threshold: number): number | null {
  if (impostors.rows === 0 || gallery.rows === 0) return null;
  let accepted = 0;
  for (let row = 0; row < impostors.rows; row++) if (nearest(impostors, row, gallery).distance < threshold) accepted++;
  return accepted / impostors.rows;
}

/** The gallery picture nearest to a row, the first of equals. */
function nearest(table: LabelledRows, row: number, gallery: LabelledRows): { label: number; distance: number } {
  const { columns } = gallery;
  const probe = table.data.subarray(row * columns, (row + 1) * columns);
  let [label, distance] = [-1, Infinity];
  for (let i = 0; i < gallery.rows; i++) {
    const plain = euclidean(probe, gallery.data.subarray(i * columns, (i + 1) * columns));
    const d = normalisedDistance(plain, table.scales?.[row] ?? 1, gallery.scales?.[i] ?? 1);
    if (d < distance) [label, distance] = [gallery.labels[i]!, d];
  }
  return { label, distance };
}
