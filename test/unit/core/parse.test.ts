import { array, check, maxLength, minValue, number, object, optional, pipe, strictObject, string } from 'valibot';
import { describe, expect, it } from 'vitest';
import { FaceError } from '../../../src/core/errors';
import { describeProblem, parseWith, type ParseProblem } from '../../../src/core/parse';

const Point = object({ far: pipe(number(), minValue(0)), people: optional(array(string()), []) });
const List = object({ points: array(Point) });

/** The problem that is reported for a value; throws when there is none. */
function problemOf(schema: Parameters<typeof parseWith>[0], value: unknown): ParseProblem {
  let found: ParseProblem | null = null;
  const attempt = () =>
    parseWith(schema, value, (problem) => {
      found = problem;
      return new FaceError('weights/bad-format', { file: 'a.json', reason: describeProblem(problem) });
    });
  expect(attempt).toThrow(FaceError);
  return found!;
}

describe('values from outside', () => {
  it('gives what the schema names, with its defaults', () => {
    const fail = () => new FaceError('internal');
    expect(parseWith(List, { points: [{ far: 1, more: 2 }], else: 3 }, fail)).toEqual({
      points: [{ far: 1, people: [] }],
    });
  });

  it.each([
    [{ points: [{ far: 0 }, {}] }, 'points.1.far', 'it is missing'],
    [{ points: [{ far: 'x' }] }, 'points.0.far', 'expected number, got "x"'],
    [{ points: [{ far: -1 }] }, 'points.0.far', 'expected >=0, got -1'],
    [{ points: [{ far: NaN }] }, 'points.0.far', 'expected number, got NaN'],
    [null, '', 'expected Object, got null'],
  ])('says where and what is wrong: %j', (value, path, reason) => {
    expect(problemOf(List, value)).toMatchObject({ path, reason, unknownKey: false });
  });

  it('becomes the error that the caller makes of it', () => {
    const fail = (problem: ParseProblem) =>
      new FaceError('weights/bad-format', { file: 'a.json', reason: describeProblem(problem) });
    expect(() => parseWith(List, { points: 7 }, fail)).toThrow(/points: expected Array, got 7/);
  });

  it('tells a key that a strict schema does not know from a bad value', () => {
    const Config = strictObject({ margin: number() });
    expect(problemOf(Config, { margin: 1, marginn: 2 })).toMatchObject({
      path: 'marginn',
      unknownKey: true,
      reason: 'it is unknown',
    });
    expect(problemOf(Config, {})).toMatchObject({ path: 'margin', unknownKey: false, value: undefined });
  });

  it("keeps the schema's own message", () => {
    const even = pipe(
      number(),
      check((n) => n % 2 === 0, 'it is odd'),
    );
    expect(problemOf(object({ n: even }), { n: 3 })).toMatchObject({ path: 'n', reason: 'it is odd', value: 3 });
    expect(problemOf(object({ n: number('no number') }), { n: '3' }).reason).toBe('no number');
  });

  it('stops at the first problem and repeats only the beginning of a long value', () => {
    const { reason } = problemOf(pipe(string(), maxLength(1e6)), 'x'.repeat(2e6));
    expect(reason.length).toBeLessThan(100);
    expect(problemOf(array(number()), Array(1e6).fill('x')).path).toBe('0');
  });
});
