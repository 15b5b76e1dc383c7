import { cohortMean, createCohort, faceScale, faceSpread, type Cohort, type CohortForm } from '../../core/cohort';
import { joinArrays } from '../../core/vectors';
import { distanceAt, LEAST_ACCEPTS, pairHistograms, shareBelow, type FarPoint } from '../calibrate';
import { pickRows, type EmbeddingTable } from '../rowPairs';
import { fitMap, mapRows } from './linearMap';

/** The same faces as a network embedded them before and after training, rows of length 1. */
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

/** The cohort of the model before training. */
export interface CohortBefore {
  readonly cohort: Cohort;
  /** Normalised distances, ascending FAR. */
  readonly calibration: readonly FarPoint[];
  /** Rates below this were already estimated: above 0 where the cohort was mapped before. */
  readonly estimatedBelow: number;
}

export interface MappedCohort {
  readonly form: CohortForm;
  /** Rows of length 1. */
  readonly centres: Float32Array<ArrayBuffer>;
  readonly calibration: readonly FarPoint[];
  /** Rates below this are estimated: the run's own pairs are too few to show them. */
  readonly estimatedBelow: number;
}

export interface CohortMapping {
  /** Mean cosine of mapped and real embeddings, of faces that the map was not fitted to. */
  readonly agreement: number;
  /** Faces that the map was checked with. */
  readonly checked: number;
  /** Null where they agree too little for the old cohort to say anything about the new embedding. */
  readonly mapped: MappedCohort | null;
}

/** Weight of the identity, per row: see docs/decisions/unknown-trained.md. */
const RIDGE = 1e-3;
/** Below this agreement the centres say too little about how close together faces lie: plain distances decide. */
const LEAST_AGREEMENT = 0.9;
/** Mapped centres lie slightly beside their faces, most where those are dense: a higher power, once, makes up for it. */
const SHARPER = 1.25;

/**
 * Maps a cohort to a trained network's embedding, by a linear map fitted to the run's own faces. The map is checked with the
 * held-out faces and every second impostor, fitted to the others, and then fitted to all. Each rate keeps its meaning for the
 * run's pairs of two people who were not trained: as many of them lie within the new distance as within the old one.
 */
export function mapCohort(before: CohortBefore, faces: RunFaces): CohortMapping {
  const { train, heldOut, impostors } = faces;
  const half = (part: number) => rowsWhere(impostors, (label) => label % 2 === part);
  const trial = stacked([train, half(0)]);
  const checked = stacked([heldOut, half(1)]);
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
  // An ordinary face keeps about the same scale.
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
    // A distance that includes all pairs shows no rate.
    const isShown = share * impostors >= LEAST_ACCEPTS && share < 1;
    return isShown ? [{ far, distance: distanceAt(pairsAfter, share), impostors }] : [];
  });
  return { form, centres, ...continued(calibration, measured, estimatedBelow) };
}

/** Rates that no pairs show keep the ratio of their distance to that of the nearest rate shown. */
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
  const part = (table: EmbeddingTable) => pickRows(table, rows);
  return { before: part(before), after: part(after), labels: rows.map((row) => labels[row]!) };
}

function stacked(parts: readonly MovedFaces[]): Pick<MovedFaces, 'before' | 'after'> {
  const stack = (which: 'before' | 'after'): EmbeddingTable => {
    const tables = parts.map((part) => part[which]);
    const data = joinArrays(tables.map((table) => table.data));
    return { rows: tables.reduce((sum, { rows }) => sum + rows, 0), columns: tables[0]!.columns, data };
  };
  return { before: stack('before'), after: stack('after') };
}
