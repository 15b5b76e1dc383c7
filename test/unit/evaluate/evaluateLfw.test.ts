import { expect, test } from 'vitest';
import { evaluateLfw, unreadRow, type LfwRow, type LfwRun } from '../../../src/evaluate/evaluateLfw';
import { reportFiles } from '../../../src/evaluate/lfwRun';
import { CENTRE, FACE, NONE, type Outcome } from '../../../src/evaluate/lfwReport';

// One number an embedding, so that a distance is a difference squared.
const PICTURES: readonly (readonly [name: string, place: number, outcome: Outcome])[] = [
  ['p/1', 0, FACE],
  ['p/2', 0.25, CENTRE],
  ['q/1', 1.5, FACE],
  ['q/2', 1.75, FACE],
  ['r/1', 9, NONE],
];
const PAIRS: readonly (readonly [a: string, b: string, same: boolean, fold: number])[] = [
  ['p/1', 'p/2', true, 0], // .0625
  ['p/1', 'q/1', false, 0], // 2.25
  ['q/1', 'q/2', true, 1], // .0625
  ['p/2', 'q/2', false, 1], // 2.25
  ['p/2', 'q/1', true, 1], // 1.5625
  ['p/1', 'q/2', true, 1], // 3.0625
  ['p/1', 'r/1', false, 1],
];
const list = { pairs: PAIRS.map(([a, b, same, fold], i) => ({ a, b, same, fold, line: i + 1 })), folds: 2 };
const run: LfwRun = {
  names: PICTURES.map(([name]) => name),
  rows: PICTURES.map(([, place, outcome]) => ({ outcome, vector: Float32Array.of(place) })),
  columns: 1,
  settings: {
    model: 'm',
    engine: 'litert',
    precision: 'int8',
    crops: ['facenet'],
    margins: null,
    flip: false,
    noFace: 'skip',
    minSize: null,
    thresholds: null,
    pictures: 'abc',
  },
  seconds: 2.5,
  backend: 'wasm',
  adapter: null,
};
const options = { distance: 'euclidean', subtractMean: false, far: 0.1, calibrate: false } as const;

test('a run is evaluated fold by fold, and what had no face is counted and left out', () => {
  const { report, table, names } = evaluateLfw(list, run, options);
  expect(report).toMatchObject({
    ...{ pairs: 6, leftOut: 1, pictures: 5, noFace: 2, noFacePictures: ['p/2', 'r/1'], imagesPerSecond: 2 },
    ...{ model: 'm', backend: 'wasm', adapter: null },
  });
  // Fold 1 chooses the least threshold that gets three of its four right, fold 0 the least that gets both right.
  expect(report.accuracy.folds).toEqual([1, 0.5]);
  expect(report.accuracy.thresholds[0]).toBeCloseTo(1.57, 12);
  expect(report.accuracy.thresholds[1]).toBeCloseTo(0.07, 12);
  expect(report).not.toHaveProperty('calibration');
  expect(names).toEqual(['p/1', 'p/2', 'q/1', 'q/2']);
  expect(table).toEqual({ rows: 4, columns: 1, data: Float32Array.of(0, 0.25, 1.5, 1.75) });
});

test('what could not be read is named with why, its pairs are left out, and it is not without a face', () => {
  const problem = { code: 'image/truncated', details: { name: 'q/1' } } as const;
  const rows = run.rows.map((row, i) => (i === 2 ? unreadRow(problem) : row));
  const pairs = [...list.pairs, { a: 'p/1', b: 'p/2', same: true, fold: 1, line: 8 }];
  const extra = [...pairs, { a: 'p/1', b: 'q/2', same: false, fold: 0, line: 9 }];
  const { report, table, names } = evaluateLfw({ pairs: extra, folds: 2 }, { ...run, rows }, options);
  expect(report).toMatchObject({ pairs: 5, leftOut: 4, pictures: 5, noFace: 2, noFacePictures: ['p/2', 'r/1'] });
  expect(report.failed).toEqual([
    { picture: 'q/1', error: { code: 'image/truncated', message: 'q/1 is cut off: part of the picture is missing.' } },
  ]);
  expect(report.imagesPerSecond).toBe(4 / 2.5);
  expect(names).toEqual(['p/1', 'p/2', 'q/2']);
  expect(table.rows).toBe(3);
});

test('the wrong pairs come with the clearest first, and the files say the same', () => {
  const evaluation = evaluateLfw(list, run, options);
  expect(evaluation.wrong.map(({ a, b, distance }) => [a, b, distance])).toEqual([
    ['p/1', 'q/2', 3.0625],
    ['p/2', 'q/1', 1.5625],
  ]);
  const files = new Map(reportFiles(evaluation, []));
  expect([...files.keys()]).toEqual([
    'report.json',
    'report.md',
    'roc.svg',
    'embeddings.npy',
    'embeddings.txt',
    'errors.html',
  ]);
  expect(JSON.parse(files.get('report.json') as string)).toEqual(evaluation.report);
  expect(files.get('embeddings.txt')).toBe('p/1\np/2\nq/1\nq/2\n');
  expect(files.get('errors.html')).toContain('2 pairs in all');
});

test('the model’s own decisions are of single embeddings, whatever the published row is of', () => {
  // Joined with a flipped picture's number that would drown all; the row without a face has no scale.
  const rows = run.rows.map(({ outcome, vector }, i) => ({ outcome, vector: Float32Array.of(vector[0]!, 9 * i) }));
  const scales = [2, 1, 1, 3, NaN];
  const rule = { far: 0.001, plainThreshold: 0.25, threshold: 3 };
  const joined = { ...run, rows, columns: 2, settings: { ...run.settings, flip: true } };
  const published = { ...options, distance: 'cosine', subtractMean: true } as const;
  const { report } = evaluateLfw(list, { ...joined, decision: { rule, scales } }, published);
  const single = evaluateLfw(list, run, options).report;
  // Normalised: .5, 3, .75, 4.5, 1.25 and 10.5.
  expect(report.decisions).toMatchObject({
    ...{ far: 0.001, same: 4, different: 2 },
    plain: { accuracy: single.accuracy, val: single.val, threshold: 0.25, recall: 0.5, falseAccepts: 0 },
    normalised: { threshold: 3, recall: 0.75, falseAccepts: 0.5 },
  });
  const without = evaluateLfw(list, joined, published).report;
  expect(report, 'the published row is as without').toEqual({ ...without, decisions: report.decisions });
  expect(without).not.toHaveProperty('decisions');
});

test('calibration is over all pictures of two people, distinguished by folder, without the joined flipped pictures', () => {
  // 15 people in a row, two pictures each, .01 apart; the flipped picture's number would drown all that.
  const places = Array.from({ length: 30 }, (_, i) => ({ person: i >> 1, place: 0.05 * (i >> 1) + 0.01 * (i & 1) }));
  const names = places.map(({ person }, i) => `${person}/${i}`);
  const rows = places.map(({ place }, i): LfwRow => ({ outcome: FACE, vector: Float32Array.of(place, 7 * i) }));
  const pair = (a: number, b: number, fold: number) => ({
    ...{ a: names[a]!, b: names[b]!, fold, line: 1 },
    same: places[a]!.person === places[b]!.person,
  });
  const pairs = [pair(0, 1, 0), pair(0, 2, 0), pair(4, 5, 1), pair(4, 6, 1)];
  const joined = { ...run, names, rows, columns: 2, settings: { ...run.settings, flip: true } };
  const { report } = evaluateLfw({ pairs, folds: 2 }, joined, { ...options, calibrate: true });
  const strangers = places.flatMap((a, i) =>
    places.slice(i + 1).flatMap((b) => (a.person === b.person ? [] : [Math.abs(a.place - b.place)])),
  );
  expect(report.calibration!.map(({ far }) => far)).toEqual([0.05, 0.1]); // ten pairs or more: of 420, .024 and up
  for (const { far, distance, impostors } of report.calibration!) {
    expect(impostors).toBe(420);
    expect(Math.abs(strangers.filter((d) => d < distance).length / 420 - far)).toBeLessThan(0.03); // a level holds 14
  }

  const flat = {
    names: names.map((name) => name.replace('/', '')),
    list: pairs.map((p) => ({ ...p, a: p.a.replace('/', ''), b: p.b.replace('/', '') })),
  };
  const evaluateFlat = () =>
    evaluateLfw({ pairs: flat.list, folds: 2 }, { ...joined, names: flat.names }, { ...options, calibrate: true });
  expect(evaluateFlat).toThrow('calibration needs a folder for each person');
});
