import { badValue } from '../core/errors';
import type { CalibrationPoint, EmbedderRow } from './modelRow';

/** A table of false-accept rates. */
export interface Calibrated {
  /** Ascending FAR, two points at least. */
  readonly calibration: readonly CalibrationPoint[];
}

/**
 * A model's calibration: its false-accept rate by distance. Between two points the logarithm of the rate is linear in the
 * distance; beyond the ends the nearest line continues.
 */

/** The calibration that decides: of normalised distances where the model has a cohort, else of plain ones. */
export function decisionOf({ cohort, calibration, defaultFar, threshold }: EmbedderRow): Calibrated & {
  /** At the model's default rate. */
  readonly threshold: number;
} {
  if (!cohort) return { calibration, threshold };
  return { calibration: cohort.calibration, threshold: thresholdAt(cohort, defaultFar) };
}

/** False-accept rate of the distance within which two pictures of a set of different people show one person. */
const TWICE_FAR = 1e-5;

/** The distances within which two faces are one person at the rate `far` (null: the model's). Throws `config/bad-value`. */
export function limitsOf(
  row: EmbedderRow,
  far: number | null,
): {
  /** Normalised: what decides. */
  readonly normalised: number;
  /** The plain distance of the same rate. */
  readonly plain: number;
  /** Normalised; within it two pictures of a set of different people show one person. */
  readonly twice: number;
} {
  const decision = decisionOf(row);
  return {
    normalised: far === null ? decision.threshold : thresholdAt(decision, far),
    plain: far === null ? row.threshold : thresholdAt(row, far),
    twice: thresholdAt(decision, TWICE_FAR),
  };
}

/** Throws `config/bad-value` unless 0 < far < 1. */
export function assertFar(far: number): void {
  if (!(far > 0 && far < 1)) throw badValue('far', far, 'it must lie between 0 and 1.');
}

/** The distance that keeps to the false-accept rate `far` (0 < far < 1), never below 0. Throws `config/bad-value`. */
export function thresholdAt(row: Calibrated, far: number): number {
  assertFar(far);
  const points = row.calibration;
  const last = points.findIndex((point) => point.far >= far);
  const [a, b] = neighbours(row, last);
  const share = Math.log(far / a.far) / Math.log(b.far / a.far);
  return Math.max(0, a.distance * (1 - share) + b.distance * share);
}

/** The false-accept rate of the model at `distance`: 0 at distance 0, never above 1, never falling with the distance. */
export function farAt(row: Calibrated, distance: number): number {
  if (!(distance > 0)) return 0;
  const [a, b] = neighbours(
    row,
    row.calibration.findIndex((point) => point.distance >= distance),
  );
  const share = (distance - a.distance) / (b.distance - a.distance);
  return Math.min(1, a.far * (b.far / a.far) ** share);
}

/** The rates alone, for code that knows no models. */
export const ratesOf = (row: Calibrated) => ({ thresholdAt: (far: number) => thresholdAt(row, far) });

/** The two points between which (or beyond which) the one before `next` lies; `next` is −1 beyond the last. */
function neighbours({ calibration }: Calibrated, next: number) {
  const b = next === -1 ? calibration.length - 1 : Math.max(1, next);
  return [calibration[b - 1]!, calibration[b]!] as const;
}

/**
 * The calibration of a model with one measured point: `like`, of a model of its kind, with all distances multiplied so that
 * the rate `far` lies at `distance`, measured on `impostors` pairs. Throws `config/bad-value`.
 */
export function scaledCalibration(
  like: readonly CalibrationPoint[],
  far: number,
  distance: number,
  impostors: number,
): CalibrationPoint[] {
  const factor = distance / thresholdAt({ calibration: like }, far);
  return like.map((point) => ({ far: point.far, distance: point.distance * factor, impostors }));
}
