import type { LoggedStep } from '../../client/types';

/** A point of the plots. `accuracy`: share of the step's pictures given the right person; null for triplets. */
export interface HistoryPoint {
  readonly step: number;
  readonly loss: number;
  readonly accuracy: number | null;
}

/** Enough points for a plot as wide as a screen. */
const MOST_POINTS = 600;

/** Adds the step; when there are too many points, every second old one is dropped. */
export function withStep(points: readonly HistoryPoint[], { step, loss, accuracy }: LoggedStep): HistoryPoint[] {
  // A run that returned to a checkpoint repeats steps.
  const earlier = points.filter((point) => point.step < step);
  const kept = earlier.length < MOST_POINTS ? earlier : earlier.filter((_, i) => i % 2 === 0);
  return [...kept, { step, loss, accuracy }];
}

/** Mean of the last tenth of the points, at least five, since single steps vary. */
export function latest(points: readonly HistoryPoint[]): { readonly loss: number; readonly accuracy: number | null } {
  const last = points.slice(-Math.max(5, Math.floor(points.length / 10)));
  const accuracies = last.flatMap(({ accuracy }) => (accuracy === null ? [] : [accuracy]));
  return { loss: mean(last.map(({ loss }) => loss)), accuracy: accuracies.length > 0 ? mean(accuracies) : null };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The plots in a sentence. */
export function historyText(points: readonly HistoryPoint[]): string {
  const [first] = points;
  if (!first) return 'No step is done yet.';
  const { loss, accuracy } = latest(points);
  const right =
    accuracy === null ? '' : ` ${Math.round(accuracy * 100)} % of the training pictures are given the right person.`;
  return `The loss began at ${first.loss.toPrecision(3)} and is ${loss.toPrecision(3)} now.${right}`;
}

/** Estimates the remaining time from the steps after the first one, which compiles. */
export class TimeLeft {
  #first: { readonly step: number; readonly at: number } | null = null;

  /** Seconds; null after the first step. `now`: milliseconds on any clock. */
  after(step: number, total: number, now: number): number | null {
    if (this.#first) return ((now - this.#first.at) / 1000 / (step - this.#first.step)) * (total - step);
    this.#first = { step, at: now };
    return null;
  }
}

/** 42 → “about 40 seconds left”; 200 → “about 3 minutes left”; 9000 → “about 2.5 hours left”. */
export function timeLeftText(seconds: number): string {
  if (!Number.isFinite(seconds)) return '';
  if (seconds < 10) return 'a few seconds left';
  if (seconds < 90) return `about ${Math.round(seconds / 10) * 10} seconds left`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} minutes left`;
  return `about ${Math.round(seconds / 360) / 10} hours left`;
}
