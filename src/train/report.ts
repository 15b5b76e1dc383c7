import { FaceError } from '../core/errors';
import type { Judged } from '../core/trainJudged';
import { euclidean } from '../core/vectors';
import { pairHistograms, shareBelow, type Histogram, type PairHistograms } from '../evaluate/calibrate';
import type { EmbeddingTable } from '../evaluate/rowPairs';

/** How good a model is at what it is used for, on pictures that it has not learnt from. */
export interface ModelReport extends Judged {
  /** How a picture was given a person: by its nearest picture of the training set, or by the trained head. */
  readonly namedBy: 'nearest' | 'head';
  /** The false-accept rate asked for. */
  readonly far: number;
  /** Plain Euclidean: the share `far` of the impostors' pairs is nearer, within 1e-4. */
  readonly threshold: number;
  /** Whose pairs of two people gave the threshold: the outsiders' where there are any, else the held-out people's. */
  readonly impostors: 'outsiders' | 'held';
  readonly impostorPairs: number;
}

/** Embeddings with a class number for each row. */
export interface LabelledRows extends EmbeddingTable {
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
  const valOf = ({ genuine }: PairHistograms) => (genuine.total > 0 ? shareBelow(genuine, threshold) : null);
  return {
    accuracy: accuracyOf(gallery, held, named),
    namedBy: named ? 'head' : 'nearest',
    val: valOf(ofHeld),
    outsidersVal: valOf(ofOutsiders),
    far,
    threshold,
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
function nearest(table: EmbeddingTable, row: number, gallery: LabelledRows): { label: number; distance: number } {
  const { columns } = gallery;
  const probe = table.data.subarray(row * columns, (row + 1) * columns);
  let [label, distance] = [-1, Infinity];
  for (let i = 0; i < gallery.rows; i++) {
    const d = euclidean(probe, gallery.data.subarray(i * columns, (i + 1) * columns));
    if (d < distance) [label, distance] = [gallery.labels[i]!, d];
  }
  return { label, distance };
}

/** The distance below which the share `far` of the pairs lies; found by halving. */
function distanceAt(histogram: Histogram, far: number): number {
  let [low, high] = [0, 1];
  while (shareBelow(histogram, high) < Math.min(1, far)) high *= 2;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (shareBelow(histogram, middle) < far) low = middle;
    else high = middle;
  }
  return high;
}
