/** Values from outside the program (files, JSON, command lines), checked by a valibot schema. The one place where its issues become errors. */
import { getDotPath, safeParse, type BaseIssue, type GenericSchema, type InferOutput } from 'valibot';
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

/** Characters of a received value that a message repeats: values from outside may be of any length. */
const SHOWN = 60;

/** The reason of an issue for which the schema has no message of its own. */
function plainReason({ type, expected, received, input }: BaseIssue<unknown>): string {
  if (expected === 'never') return 'it is unknown';
  if (input === undefined) return 'it is missing';
  const got = received.length > SHOWN ? `${received.slice(0, SHOWN)}…` : received;
  return expected ? `expected ${expected}, got ${got}` : `it fails the check ${type}: ${got}`;
}

/**
 * `value` as `schema` describes it: defaults filled in, keys that an `object` schema does not name left out. Throws what
 * `fail` makes of the first problem.
 */
export function parseWith<S extends GenericSchema>(
  schema: S,
  value: unknown,
  fail: (problem: ParseProblem) => FaceError,
): InferOutput<S> {
  const { success, output, issues } = safeParse(schema, value, { abortEarly: true, message: plainReason });
  if (success) return output;
  const [issue] = issues;
  throw fail({
    path: getDotPath(issue) ?? '',
    reason: issue.message,
    unknownKey: issue.expected === 'never',
    value: issue.input,
  });
}

/** A problem in one clause, for a detail of an error: `calibration.3.far: it is missing`. */
export function describeProblem({ path, reason }: ParseProblem): string {
  return path === '' ? reason : `${path}: ${reason}`;
}
