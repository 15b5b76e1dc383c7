import * as v from 'valibot';
import { badValue } from '../../core/errors';
import { between, finite, whole } from '../../core/parse';

const rate = between(0, Number.MAX_SAFE_INTEGER);
const row = v.pipe(v.strictTuple([finite, finite]), v.readonly());
const rises = (rows: (readonly [number, number])[]) => rows.every(([epoch], i) => i === 0 || epoch > rows[i - 1]![0]);

/** The learning rate over a run. Epochs count from 1. */
export const SCHEDULE = v.variant('kind', [
  v.strictObject({
    kind: v.literal('table'),
    /** [first epoch, rate], epochs rising; −1 stops. The rate of the last row not beyond the epoch holds. */
    rates: v.pipe(v.array(row), v.minLength(1), v.check(rises, 'its epochs must rise'), v.readonly()),
  }),
  /** rate · factor^⌊step / every⌋, `every` in steps. */
  v.strictObject({ kind: v.literal('staircase'), rate, factor: between(0, 1), every: whole(1) }),
  /** From `rate` to `last` along half a cosine over `steps`, then `last`. */
  v.strictObject({ kind: v.literal('cosine'), rate, last: rate, steps: whole(1) }),
]);
export type ScheduleConfig = Readonly<v.InferOutput<typeof SCHEDULE>>;

/**
 * Reads the original's file: one `epoch: rate` a line, `#` begins a comment, a rate of −1 (or `-`) stops. Throws
 * `config/bad-value` with the line's number for a line of another form or an epoch that does not rise.
 */
export function parseSchedule(text: string): ScheduleConfig & { readonly kind: 'table' } {
  const rates: [number, number][] = [];
  text.split('\n').forEach((line, i) => {
    const content = line.split('#', 1)[0]!.trim();
    if (content === '') return;
    const match = /^(\d+)\s*:\s*(-|[-+\d.eE]+)$/.exec(content);
    const [epoch, rate] = [Number(match?.[1]), match?.[2] === '-' ? -1 : Number(match?.[2])];
    const fail = (reason: string) => badValue('schedule', content, `line ${i + 1}: ${reason}`);
    if (!match || !Number.isFinite(rate)) throw fail('a line reads `epoch: rate`');
    if (rates.length > 0 && epoch <= rates.at(-1)![0]) throw fail('the epochs must rise');
    rates.push([epoch, rate]);
  });
  if (rates.length === 0) throw badValue('schedule', 'an empty file', 'it has no rates');
  return { kind: 'table', rates };
}

/**
 * The learning rate of a step, or null to stop: `epoch` counts from 1, `step` from 0. During the first `warmUp` steps
 * the schedule's rate is scaled by (step + 1) / warmUp.
 */
export function rateAt(schedule: ScheduleConfig, epoch: number, step: number, warmUp = 0): number | null {
  const rate = plainRate(schedule, epoch, step);
  return rate === null ? null : rate * Math.min(1, warmUp > 0 ? (step + 1) / warmUp : 1);
}

function plainRate(schedule: ScheduleConfig, epoch: number, step: number): number | null {
  switch (schedule.kind) {
    case 'table': {
      const rate = schedule.rates.findLast(([first]) => first <= epoch)?.[1];
      return rate !== undefined && rate > 0 ? rate : null;
    }
    case 'staircase':
      return schedule.rate * schedule.factor ** Math.floor(step / schedule.every);
    case 'cosine': {
      const { rate, last, steps } = schedule;
      const turn = Math.cos(Math.PI * Math.min(1, step / steps));
      return last + ((rate - last) * (1 + turn)) / 2;
    }
  }
}
