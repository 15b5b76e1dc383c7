import { FaceError } from '../core/errors';
import type { Judged } from '../evaluate/evaluation';
import { normalisedDistance } from '../core/cohort';
import { euclidean } from '../core/vectors';
import { distanceAt, pairHistograms, shareBelow, type PairHistograms, type ScaledTable } from '../evaluate/calibrate';

/** How good a model is at what it is used for, on pictures that it has not learnt from. */
export interface ModelReport extends Judged {
  /** How a picture was given a person: by its nearest picture of the training set, or by the trained head. */
  readonly namedBy: 'nearest' | 'head';
  /** The false-accept rate asked for. */
  readonly far: number;
  /** The share `far` of the impostors' pairs is nearer, within 1e-4: normalised distance where the faces have scales, else plain. */
  readonly threshold: number;
  /** The same of plain distances. */
  readonly plainThreshold: number;
  /** Whose pairs of two people gave the threshold: the outsiders' where there are any, else the held-out people's. */
  readonly impostors: 'outsiders' | 'held';
  readonly impostorPairs: number;
}

/** Embeddings with a class number for each row. */
export interface LabelledRows extends ScaledTable {
  readonly labels: Int32Array;
}

export interface ReportInputs {
  /** The training pictures: whom a face can be taken for. */
  readonly gallery: LabelledRows;
  readonly held: LabelledRows;
  /** People of whom none is in the gallery; their labels tell them from each other only. */
  readonly outsiders: LabelledRows;
  readonly far: number;
  /** The class that a trained head gives each held-out picture; without it the nearest gallery picture decides. */
  readonly named?: Int32Array;
}

/**
 * Whether there will be pairs to judge by, to be known before hours of training. Throws `evaluate/too-few` as `modelReport`
 * would.
 */
export function assertJudgeable(held: readonly number[], outsiders: readonly number[]): void {
  if (new Set(held).size < 2 && new Set(outsiders).size < 2)
    throw new FaceError('evaluate/too-few', { reason: NOBODY });
}

const NOBODY =
  'no two outsiders, and no two held-out people. Leave more pictures of each person to judge by, or give outsiders.';

/**
 * Judges one model by its embeddings. Given the same pictures, the reports of two models compare: each has its own
 * threshold, at the same false-accept rate. Throws `evaluate/too-few` without a pair of two outsiders or two held-out
 * people.
 */
export function modelReport({ gallery, held, outsiders, far, named }: ReportInputs): ModelReport {
  const ofOutsiders = pairHistograms(outsiders, outsiders.labels);
  const ofHeld = pairHistograms(held, held.labels);
  const fromOutsiders = ofOutsiders.impostor.total > 0;
  const impostor = fromOutsiders ? ofOutsiders.impostor : ofHeld.impostor;
  if (impostor.total === 0) throw new FaceError('evaluate/too-few', { reason: NOBODY });
  const threshold = distanceAt(impostor, far);
  const plain = ({ rows, columns, data, labels }: LabelledRows) =>
    distanceAt(pairHistograms({ rows, columns, data }, labels).impostor, far);
  const impostors = fromOutsiders ? outsiders : held;
  const valOf = ({ genuine }: PairHistograms) => (genuine.total > 0 ? shareBelow(genuine, threshold) : null);
  return {
    accuracy: accuracyOf(gallery, held, named),
    namedBy: named ? 'head' : 'nearest',
    val: valOf(ofHeld),
    outsidersVal: valOf(ofOutsiders),
    far,
    threshold,
    plainThreshold: impostors.scales ? plain(impostors) : threshold,
    impostors: fromOutsiders ? 'outsiders' : 'held',
    impostorPairs: impostor.total,
    outsidersAccepted: acceptedShare(gallery, outsiders, threshold),
  };
}

function accuracyOf(gallery: LabelledRows, held: LabelledRows, named: Int32Array | undefined): number | null {
  const trained = new Set(gallery.labels);
  let [right, all] = [0, 0];
  held.labels.forEach((label, row) => {
    if (!trained.has(label)) return;
    all++;
    if ((named ? named[row] : nearest(held, row, gallery).label) === label) right++;
  });
  return all > 0 ? right / all : null;
}

function acceptedShare(gallery: LabelledRows, outsiders: LabelledRows, threshold: number): number | null {
  if (outsiders.rows === 0 || gallery.rows === 0) return null;
  let accepted = 0;
  for (let row = 0; row < outsiders.rows; row++) if (nearest(outsiders, row, gallery).distance < threshold) accepted++;
  return accepted / outsiders.rows;
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
