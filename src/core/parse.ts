/** Values from outside the program, checked by valibot schemas: the one place where its issues become errors. */
import * as v from 'valibot';
import type { FaceError } from './errors';

/** The first thing that is wrong with a value. */
export interface ParseProblem {
  /** Where it is wrong: `calibration.3.far`; empty for the value itself. */
  readonly path: string;
  /** What is wrong there, as the end of a sentence: `it is missing`, or the schema's own message. */
  readonly reason: string;
  /** The key is none that the schema knows (`strictObject`). */
  readonly unknownKey: boolean;
  /** What stands at `path`. */
  readonly value: unknown;
}

/** A number in `low`…`high`, ends included. */
export const between = (low: number, high: number) => {
  const words = `it must be a number from ${low} to ${high}`;
  return v.pipe(v.number(words), v.minValue(low, words), v.maxValue(high, words));
};
/** A whole number in `low`…`high`, ends included. */
export const whole = (low: number, high = Number.MAX_SAFE_INTEGER) => {
  const words = `it must be a whole number from ${low} to ${high}`;
  return v.pipe(v.number(words), v.integer(words), v.minValue(low, words), v.maxValue(high, words));
};
export const finite = v.pipe(v.number(), v.finite());

/** Characters of a received value that a message repeats: values from outside may be of any length. */
const SHOWN = 60;

/** The reason of an issue for which the schema has no message of its own. */
function plainReason({ type, expected, received, input }: v.BaseIssue<unknown>): string {
  if (expected === 'never') return 'it is unknown';
  if (input === undefined) return 'it is missing';
  const got = received.length > SHOWN ? `${received.slice(0, SHOWN)}…` : received;
  return expected ? `expected ${expected}, got ${got}` : `it fails the check ${type}: ${got}`;
}

/**
 * `value` as `schema` describes it: defaults filled in, keys that an `object` schema does not name left out. Throws what
 * `fail` makes of the first problem.
 */
export function parseWith<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  fail: (problem: ParseProblem) => FaceError,
): v.InferOutput<S> {
  const { success, output, issues } = v.safeParse(schema, value, { abortEarly: true, message: plainReason });
  if (success) return output;
  const [issue] = issues;
  throw fail({
    path: v.getDotPath(issue) ?? '',
    reason: issue.message,
    unknownKey: issue.expected === 'never',
    value: issue.input,
  });
}

/** A problem in one clause, for a detail of an error: `calibration.3.far: it is missing`. */
export function describeProblem({ path, reason }: ParseProblem): string {
  return path === '' ? reason : `${path}: ${reason}`;
}
