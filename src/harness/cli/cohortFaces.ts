import { readFile } from 'node:fs/promises';
import { badValue } from '../../core/errors';
import type { CohortFaces } from '../../evaluate/cohort/calibrate';
import type { EmbeddingTable } from '../../evaluate/rowPairs';
import { readNpy } from '../../weights/formats/npy';

/** Two pictures whose cosine is above this are taken for one person who is there twice. */
const TWICE = 0.82;

/** Faces and their kinds, from files. `twiceBy`: embeddings of the same faces by which people who are there twice are known. */
export async function readCohortFaces(cohort: string, groups: string, twiceBy: string): Promise<CohortFaces> {
  const table = await readRows(cohort);
  const other = twiceBy === cohort ? table : await readRows(twiceBy);
  const labels = groupLabels(await readFile(groups, 'utf8'), groups);
  for (const [file, rows] of [
    [groups, labels.length],
    [twiceBy, other.rows],
  ] as const)
    if (rows !== table.rows) throw badValue(file, rows, `${cohort} has ${table.rows} rows.`);
  return { table, groups: labels, isTwice: (a, b) => dot(other, a, b) > TWICE };
}

/** A float32 matrix, or whole numbers of 8 bits with their scales beside it: `x-int8.npy` and `x-scale.npy`. Rows get length 1. */
async function readRows(path: string): Promise<EmbeddingTable> {
  const { shape, data: numbers } = readNpy(new Uint8Array(await readFile(path)), path);
  const [rows = 0, columns = 0] = shape;
  if (shape.length !== 2 || rows === 0 || columns === 0) throw badValue(path, shape.join(' × '), 'a matrix is needed.');
  // The scale of a row is lost when it is brought to length 1.
  const data = Float32Array.from(numbers, Number);
  for (let at = 0; at < data.length; at += columns) {
    const row = data.subarray(at, at + columns);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)) || 1;
    for (let k = 0; k < columns; k++) row[k]! /= length;
  }
  return { rows, columns, data };
}

/**
 * The kind of each line of a CSV with the columns age, sex and ancestry: grown-up people by ancestry and sex, children of 0–3,
 * 4–12 and 13–17 by ancestry; null for people of other or mixed ancestry, who are no one kind.
 */
export function groupLabels(text: string, file: string): (string | null)[] {
  const [header = '', ...lines] = text.trimEnd().split(/\r?\n/);
  const columns = header.split(',');
  const [age, sex, ancestry] = ['age', 'sex', 'ancestry'].map((name) => columns.indexOf(name)) as [
    number,
    number,
    number,
  ];
  if (Math.min(age, sex, ancestry) < 0) throw badValue('--groups', file, 'it needs the columns age, sex and ancestry.');
  return lines.map((line) => {
    const fields = line.split(',');
    const years = Number(fields[age]);
    const kind = fields[ancestry];
    if (kind === undefined || kind === 'other' || !Number.isFinite(years)) return null;
    if (years < 4) return `${kind} 0-3`;
    if (years < 13) return `${kind} 4-12`;
    return years < 18 ? `${kind} 13-17` : `${kind} ${fields[sex]}`;
  });
}

function dot({ columns, data }: EmbeddingTable, a: number, b: number): number {
  let sum = 0;
  for (let k = 0; k < columns; k++) sum += data[a * columns + k]! * data[b * columns + k]!;
  return sum;
}
