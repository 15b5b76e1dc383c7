import { l2Normalise } from '../../../src/core/vectors';
import { calibrate, pairHistograms, shareBelow } from '../../../src/evaluate/calibrate';
import { evaluatePairs } from '../../../src/evaluate/kfold';
import type { PairList } from '../../../src/evaluate/pairs';
import { rowPairs } from '../../../src/evaluate/rowPairs';

const SIZE = 512;
const SETS = ['people', 'train'] as const;
/** False-accept rates at which all pairs are evaluated: hard and easy ones. */
const FARS = [1e-3, 3e-3, 1e-2];
const FAR = 1e-3;

/** Means of embeddings of several crops that are evaluated too, where all of them are there. */
const MEANS: readonly (readonly string[])[] = [
  ['facenet 16', 'facenet 32'],
  ['facenet 32', 'facenet 48'],
  ['facenet 16', 'facenet 32', 'facenet 48'],
  ['facenet 0', 'facenet 32', 'facenet 64'],
  ['facenet 0', 'facenet 16', 'facenet 32', 'facenet 48', 'facenet 64'],
  ['facenet 32', 'similarity'],
  ['facenet 16', 'similarity'],
  ['facenet 16', 'facenet-pytorch'],
  ['facenet 16', 'facenet 32', 'similarity'],
  ['facenet 16', 'facenet 48', 'similarity'],
  ['facenet 16', 'similarity', 'facenet 32, second look'],
  ['facenet 16', 'facenet 32', 'facenet 48', 'similarity'],
  ['facenet 0', 'facenet 48', 'similarity'],
  ['facenet 0', 'facenet 32', 'facenet 64', 'similarity'],
  ['facenet-pytorch', 'similarity'],
  ['facenet 32', 'facenet 32, second look'],
];

/**
 * A Markdown table, for each way: over all pairs within `people`, and within `train`, its VAL by the cosine with the mean
 * subtracted, mean of those at `FARS`; then on the list accuracy by plain distance, and accuracy and VAL by that cosine.
 */
export function evaluateAll(
  pictures: readonly string[],
  personOf: (picture: string) => string,
  tables: ReadonlyMap<string, Float32Array>,
  list: PairList,
): string {
  const ways = new Map(tables);
  for (const means of [...MEANS, ...flipped(tables)]) {
    const parts = means.map((name) => tables.get(name));
    if (parts.every((part) => part !== undefined)) ways.set(`mean of ${means.join(' + ')}`, meanOf(parts));
  }
  const rowOf = new Map(pictures.map((name, i) => [name, i]));
  const pairs = rowPairs(list, (name) => rowOf.get(name));
  const lines = [...ways].map(([name, data]) => {
    const vals = SETS.map((set) => meanVal(pictures, personOf, data, set));
    const table = { rows: pictures.length, columns: SIZE, data };
    const plain = evaluatePairs(table, pairs, { distance: 'euclidean', subtractMean: false, far: FAR });
    const cosine = evaluatePairs(table, pairs, { distance: 'cosine', subtractMean: true, far: FAR });
    const numbers = [...vals, plain.accuracy.mean, cosine.accuracy.mean, cosine.val.mean];
    return `| ${name} | ${numbers.map((value) => value.toFixed(4)).join(' | ')} |`;
  });
  const head = ['way', 'people', 'train', 'accuracy', 'accuracy, cosine and mean', 'VAL, cosine and mean'];
  const same = list.pairs.filter(({ same }) => same).length;
  return [
    `${pictures.length} pictures, ${list.pairs.length} pairs (${same} of one person)`,
    '',
    `| ${head.join(' | ')} |`,
    `| ${head.map(() => '---').join(' | ')} |`,
    ...lines,
    '',
  ].join('\n');
}

/** Every crop with its flipped copy; and the means above with all their flipped copies. */
function flipped(tables: ReadonlyMap<string, Float32Array>): string[][] {
  const withFlipped = (names: readonly string[]) => names.flatMap((name) => [name, `${name}, flipped`]);
  return [...[...tables.keys()].map((name) => [name]), ...MEANS].map(withFlipped);
}

/** The mean of unit vectors, made unit length again. */
function meanOf(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts[0]!.length);
  for (let row = 0; row < out.length; row += SIZE) {
    const sum = new Float32Array(SIZE);
    for (const part of parts) for (let i = 0; i < SIZE; i++) sum[i]! += part[row + i]!;
    out.set(l2Normalise(sum), row);
  }
  return out;
}

function meanVal(
  pictures: readonly string[],
  personOf: (picture: string) => string,
  data: Float32Array,
  set: string,
): number {
  const own = pictures.flatMap((name, i) => (name.startsWith(`${set}/`) ? [i] : []));
  const table = new Float32Array(own.length * SIZE);
  for (const [row, i] of own.entries()) table.set(data.subarray(i * SIZE, (i + 1) * SIZE), row * SIZE);
  centre(table);
  const people = own.map((i) => personOf(pictures[i]!));
  const numbers = new Map([...new Set(people)].map((person, i) => [person, i]));
  const { impostor, genuine } = pairHistograms(
    { rows: own.length, columns: SIZE, data: table },
    people.map((person) => numbers.get(person)!),
  );
  const vals = calibrate(impostor, FARS).map(({ distance }) => shareBelow(genuine, distance));
  return vals.reduce((a, b) => a + b, 0) / vals.length;
}

/** Takes the rows' mean off each and makes it unit length: their distances are then those of the cosine. */
function centre(table: Float32Array): void {
  const mean = new Float32Array(SIZE);
  for (let i = 0; i < table.length; i++) mean[i % SIZE]! += (table[i]! * SIZE) / table.length;
  for (let row = 0; row < table.length; row += SIZE)
    table.set(l2Normalise(table.slice(row, row + SIZE).map((value, i) => value - mean[i]!)), row);
}
