import { cohortMean, createCohort, faceScale, faceSpread, type Cohort, type CohortForm } from '../../core/cohort';
import { distanceAt, LEAST_ACCEPTS, pairHistograms, shareBelow, type FarPoint } from '../calibrate';
import type { EmbeddingTable } from '../rowPairs';
import { fitMap, mapRows } from './linearMap';

/** The same faces as a network embedded them before and after it learnt, rows of length 1. */
export interface MovedFaces {
  readonly before: EmbeddingTable;
  readonly after: EmbeddingTable;
  /** The person of each row. */
  readonly labels: ArrayLike<number>;
}

/** Of a training run. */
export interface RunFaces {
  readonly train: MovedFaces;
  readonly heldOut: MovedFaces;
  readonly impostors: MovedFaces;
}

/** By what distances were evened out before. */
export interface CohortBefore {
  readonly cohort: Cohort;
  /** Normalised distances, ascending FAR. */
  readonly calibration: readonly FarPoint[];
  /** Rates below this were estimated already: above 0 where the cohort was moved before. */
  readonly estimatedBelow: number;
}

export interface MappedCohort {
  readonly form: CohortForm;
  /** Rows of length 1. */
  readonly centres: Float32Array<ArrayBuffer>;
  readonly calibration: readonly FarPoint[];
  /** Rates below this are not shown by the run's own pairs: they are estimated. */
  readonly estimatedBelow: number;
}

export interface CohortMapping {
  /** Mean cosine between where the map brings faces that it was not fitted to, and where they are. */
  readonly agreement: number;
  /** Faces that the map was checked with. */
  readonly checked: number;
  /** Null where they agree too little: the cohort of before says nothing of the embedding of now. */
  readonly mapped: MappedCohort | null;
}

/** The weight of leaving rows as they are, by a row: see docs/decisions/unknown-trained.md. */
const RIDGE = 1e-3;
/** Below this agreement centres say too little of how close faces of a kind lie: plain distances decide. */
const LEAST_AGREEMENT = 0.9;
/** Mapped centres lie beside the faces that they stand for, most of all where those are close together: a higher power makes up, once. */
const SHARPER = 1.25;

/**
 * Moves a cohort to where a network that has learnt puts its strangers, by a linear map fitted to the run's own faces. It is
 * checked with the held-out faces and every second impostor, fitted to the others; then fitted to all. The table of rates keeps
 * what it says of the run's pairs of two people who were not learnt: at each new distance as many of them lie as before.
 */
export function mapCohort(before: CohortBefore, faces: RunFaces): CohortMapping {
  const { train, heldOut, impostors } = faces;
  const [shown, kept] = [0, 1].map((part) => rowsWhere(impostors, (label) => label % 2 === part)) as [
    MovedFaces,
    MovedFaces,
  ];
  const trial = stacked([train, shown]);
  const checked = stacked([heldOut, kept]);
  const agreement = meanCosine(mapRows(fitMap(trial.before, trial.after, RIDGE), checked.before.data), checked.after);
  const result = { agreement, checked: checked.before.rows };
  if (!(agreement >= LEAST_AGREEMENT)) return { ...result, mapped: null };
  const all = stacked([train, heldOut, impostors]);
  const centres = mapRows(fitMap(all.before, all.after, RIDGE), before.cohort.centres);
  return { ...result, mapped: moved(before, centres, faces) };
}

function moved(
  { cohort, calibration, estimatedBelow }: CohortBefore,
  centres: Float32Array<ArrayBuffer>,
  faces: RunFaces,
): MappedCohort {
  const strangers = new Set(Array.from(faces.impostors.labels)).size > 1 ? faces.impostors : faces.heldOut;
  const old = meansOf(cohort, strangers.before);
  const now = meansOf(createCohort(cohort, cohort.size, centres), strangers.after);
  // An ordinary face stays one: its scale is about what it was.
  const shift =
    now.reduce((sum, mean, row) => sum + Math.log(faceSpread(mean) / faceSpread(old[row]!)), 0) / now.length;
  const { nearest, power, reference } = cohort;
  const form = { nearest, power: estimatedBelow > 0 ? power : power * SHARPER, reference: reference * Math.exp(shift) };

  const pairsOf = (table: EmbeddingTable, by: CohortForm, means: readonly number[]) =>
    pairHistograms({ ...table, scales: means.map((mean) => faceScale(by, mean)) }, strangers.labels).impostor;
  const pairsBefore = pairsOf(strangers.before, cohort, old);
  const pairsAfter = pairsOf(strangers.after, form, now);
  const impostors = pairsAfter.total;
  const measured = calibration.flatMap(({ far, distance }): FarPoint[] => {
    const share = shareBelow(pairsBefore, distance);
    // Of a distance that all pairs are within they say nothing.
    const isShown = share * impostors >= LEAST_ACCEPTS && share < 1;
    return isShown ? [{ far, distance: distanceAt(pairsAfter, share), impostors }] : [];
  });
  return { form, centres, ...continued(calibration, measured, estimatedBelow) };
}

/** Rates that no pairs show keep their distance's ratio to that of the nearest rate that is shown. */
function continued(
  calibration: readonly FarPoint[],
  measured: readonly FarPoint[],
  estimatedBelow: number,
): Pick<MappedCohort, 'calibration' | 'estimatedBelow'> {
  const [first] = measured;
  const factor = first ? first.distance / calibration.find(({ far }) => far === first.far)!.distance : 1;
  const rarer = calibration
    .filter(({ far }) => first && far < first.far)
    .map(({ far, distance }) => ({ far, distance: distance * factor, impostors: 0 }));
  const rising = [...rarer, ...measured].filter(({ distance }, i, all) => distance > (all[i - 1]?.distance ?? 0));
  if (!first || rising.length < 2) return { calibration, estimatedBelow: 1 };
  return { calibration: rising, estimatedBelow: Math.max(first.far, estimatedBelow) };
}

function meansOf(cohort: Cohort, { rows, columns, data }: EmbeddingTable): number[] {
  return Array.from({ length: rows }, (_, row) =>
    cohortMean(cohort, data.subarray(row * columns, (row + 1) * columns)),
  );
}

/** Mean of the rows' cosines. */
function meanCosine(rows: Float32Array, { rows: count, data }: EmbeddingTable): number {
  return rows.reduce((sum, value, i) => sum + value * data[i]!, 0) / count;
}

function rowsWhere({ before, after, labels }: MovedFaces, wanted: (label: number) => boolean): MovedFaces {
  const rows = Array.from(labels).flatMap((label, row) => (wanted(label) ? [row] : []));
  const part = ({ columns, data }: EmbeddingTable): EmbeddingTable => {
    const chosen = new Float32Array(rows.length * columns);
    for (const [i, row] of rows.entries()) chosen.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
    return { rows: rows.length, columns, data: chosen };
  };
  return { before: part(before), after: part(after), labels: rows.map((row) => labels[row]!) };
}

function stacked(parts: readonly MovedFaces[]): Pick<MovedFaces, 'before' | 'after'> {
  const stack = (which: 'before' | 'after'): EmbeddingTable => {
    const tables = parts.map((part) => part[which]);
    const data = new Float32Array(tables.reduce((sum, table) => sum + table.data.length, 0));
    let at = 0;
    for (const table of tables) {
      data.set(table.data, at);
      at += table.data.length;
    }
    return { rows: tables.reduce((sum, { rows }) => sum + rows, 0), columns: tables[0]!.columns, data };
  };
  return { before: stack('before'), after: stack('after') };
}
