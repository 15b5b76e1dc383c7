import { count, countOf } from '../core/count';
import { FaceError } from '../core/errors';

/** Two pictures by name, and whether they show one person. */
export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
  /** From 0. */
  readonly fold: number;
  /** Where the list says so, from 1. */
  readonly line: number;
}

export interface PairList {
  readonly pairs: readonly Pair[];
  readonly folds: number;
}

type UnfoldedPair = Omit<Pair, 'fold'>;

/** Folds of a list that does not say any. */
const USUAL_FOLDS = 10;
const LFW_HEADER = /^(\d+)(?:\s+(\d+))?$/;

/**
 * A pair list: LFW's `pairs.txt`, recognised by its first line of one or two numbers, or a CSV `a,b,same` or `a,b,same,fold`
 * with or without a header. Pictures of `pairs.txt` get names like `Person/Person_0001`. `folds` replaces the list's own
 * folds by that many of equal size, in the list's order, pairs of one person and pairs of two apart, so that a list sorted
 * by answer works too. `file` is the name for messages.
 * @throws FaceError evaluate/bad-pairs
 */
export function parsePairs(text: string, file: string, folds?: number): PairList {
  const lines = text.split(/\r?\n/);
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first < 0) throw badPairs(file, 1, 'the list is empty.');
  const header = LFW_HEADER.exec(lines[first]!.trim());
  const list = header
    ? parseLfw(lines, first, file, header[2] === undefined ? 1 : Number(header[1]), Number(header[2] ?? header[1]))
    : parseCsv(lines, file);
  if (folds !== undefined) return { pairs: dealFolds(list.pairs, folds), folds };
  return list;
}

/** `folds` times, `each` pairs of one person (name, n, m) and then as many of two (name, n, other, m). */
function parseLfw(lines: readonly string[], header: number, file: string, folds: number, each: number): PairList {
  if (folds < 1 || each < 1) throw badPairs(file, header + 1, 'the numbers of folds and pairs must be 1 or more.');
  const pairs: Pair[] = [];
  const expected = folds * each * 2;
  for (let i = header + 1; i < lines.length; i++) {
    const text = lines[i]!.trim();
    if (text === '') continue;
    if (pairs.length === expected)
      throw badPairs(file, i + 1, `the first line says ${count(expected, 'pair')}, but here is one more.`);
    const same = pairs.length % (2 * each) < each;
    const fields = text.split(text.includes('\t') ? '\t' : /\s+/);
    if (fields.length !== (same ? 3 : 4))
      throw badPairs(
        file,
        i + 1,
        same ? 'expected a name and two numbers.' : 'expected a name, a number, another name and a number.',
      );
    const [name, n, other, m] = same ? [fields[0]!, fields[1]!, fields[0]!, fields[2]!] : fields;
    const picture = (person: string, number: string): string => {
      if (!/^\d{1,6}$/.test(number)) throw badPairs(file, i + 1, `“${number}” is not the number of a picture.`);
      return `${person}/${person}_${number.padStart(4, '0')}`;
    };
    pairs.push({
      a: picture(name!, n!),
      b: picture(other!, m!),
      same,
      fold: Math.floor(pairs.length / (2 * each)),
      line: i + 1,
    });
  }
  if (pairs.length < expected)
    throw badPairs(file, lines.length, `the list ends after ${countOf(pairs.length, expected, 'pair')}.`);
  return { pairs, folds };
}

const ANSWERS = new Map([
  ['1', true],
  ['true', true],
  ['0', false],
  ['false', false],
]);

function parseCsv(lines: readonly string[], file: string): PairList {
  const pairs: UnfoldedPair[] = [];
  const folds: number[] = [];
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const fields = csvFields(line);
    if (pairs.length === 0 && fields[0] === 'a' && fields[1] === 'b' && fields[2] === 'same') continue;
    if (fields.length !== 3 && fields.length !== 4)
      throw badPairs(file, i + 1, 'expected two pictures, 1 or 0 for the same person or not, and perhaps a fold.');
    const [a, b, answer, fold] = fields;
    const same = ANSWERS.get(answer!.toLowerCase());
    if (a === '' || b === '') throw badPairs(file, i + 1, 'a picture has no name.');
    if (same === undefined) throw badPairs(file, i + 1, `“${answer}” is neither 1 nor 0.`);
    if (fold !== undefined && !/^\d{1,9}$/.test(fold)) throw badPairs(file, i + 1, `“${fold}” is not a fold’s number.`);
    pairs.push({ a: a!, b: b!, same, line: i + 1 });
    if (fold !== undefined) folds.push(Number(fold));
    if (folds.length > 0 && folds.length < pairs.length)
      throw badPairs(file, i + 1, 'some lines have a fold and some have not.');
  }
  if (pairs.length === 0) throw badPairs(file, 1, 'the list is empty.');
  if (folds.length === 0) return { pairs: dealFolds(pairs, USUAL_FOLDS), folds: USUAL_FOLDS };
  const numbers = [...new Set(folds)].sort((x, y) => x - y);
  return { pairs: pairs.map((pair, i) => ({ ...pair, fold: numbers.indexOf(folds[i]!) })), folds: numbers.length };
}

/** Fields between commas, or in double quotes, where a quote is written twice. */
function csvFields(line: string): string[] {
  const field = /\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(,|$)/y;
  const fields: string[] = [];
  for (let match = field.exec(line); match; match = field.exec(line)) {
    fields.push((match[1]?.replaceAll('""', '"') ?? match[2]!).trim());
    if (match[3] === '') break;
  }
  return fields;
}

function dealFolds(pairs: readonly UnfoldedPair[], folds: number): Pair[] {
  const count = { true: 0, false: 0 };
  for (const { same } of pairs) count[`${same}`]++;
  const next = { true: 0, false: 0 };
  return pairs.map((pair) => {
    const answer = `${pair.same}` as const;
    return { ...pair, fold: Math.floor((next[answer]++ * folds) / count[answer]) };
  });
}

function badPairs(file: string, line: number, reason: string): FaceError {
  return new FaceError('evaluate/bad-pairs', { file, line, reason });
}
