import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceError } from '../../../core/errors';
import { calibrate, pairHistograms, type FarPoint } from '../../../evaluate/calibrate';
import { evaluatePairs, type EvaluateOptions, type Evaluation } from '../../../evaluate/kfold';
import type { PairList } from '../../../evaluate/pairs';
import { rowPairs, type EmbeddingTable } from '../../../evaluate/rowPairs';
import { writeNpy } from '../../../weights/formats/npy';
import { errorsPage, type WrongPair } from './errorsPage';
import { markdown, summary, type LfwReport } from './lfwReport';
import { bytesOf, type PictureSet } from './pictureSet';
import { rocSvg } from './rocPlot';
import { FACE, NONE, type Work, type WorkRow } from './workFile';

export interface JudgeOptions extends EvaluateOptions {
  readonly calibrate: boolean;
}

/** Rates of the calibration: three a decade from one in a million. */
const FARS = [1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1];
const MOST_SHOWN = 200;

/** Judges the pairs by the embeddings of a complete run and writes everything to `folder`. `works`: its shards in order. */
export async function judge(
  list: PairList,
  pictures: PictureSet,
  works: readonly Work[],
  options: JudgeOptions,
  folder: string,
): Promise<LfwReport> {
  const rows = works.flatMap((work) => work.rows);
  const { columns, settings } = works[0]!.header;
  const kept = rows.flatMap(({ outcome }, i) => (outcome === NONE ? [] : [i]));
  const table = tableOf(rows, kept, columns);
  const names = kept.map((i) => pictures.names[i]!);
  const rowOf = new Map(names.map((name, row) => [name, row]));
  const pairs = rowPairs(list, (name) => rowOf.get(name));
  const evaluation = evaluatePairs(table, pairs, options);

  const without = pictures.names.filter((_, i) => rows[i]!.outcome !== FACE);
  const { model, ...made } = settings;
  const { distance, subtractMean, far } = options;
  const seconds = rows.reduce((sum, { microseconds }) => sum + microseconds, 0) / 1e6;
  const report: LfwReport = {
    pairs: pairs.kept.length,
    leftOut: list.pairs.length - pairs.kept.length,
    pictures: rows.length,
    accuracy: evaluation.accuracy,
    val: evaluation.val,
    auc: evaluation.auc,
    eer: evaluation.eer,
    noFace: without.length,
    noFacePictures: without,
    imagesPerSecond: rows.length / seconds,
    backend: joined(works.map(({ header }) => header.backend)) ?? '',
    adapter: joined(works.map(({ header }) => header.adapter)),
    model,
    options: { ...made, distance, subtractMean, folds: list.folds, far },
    ...(options.calibrate && { calibration: calibration(table, names, settings.flip) }),
  };

  await mkdir(folder, { recursive: true });
  const title = `${model}: ${summary(report)}`;
  const wrong = wrongPairs(list, pairs.kept, evaluation);
  const shown = await withPictures(wrong.slice(0, MOST_SHOWN), pictures);
  const files: [string, string | Uint8Array][] = [
    ['report.json', `${JSON.stringify(report, null, 2)}\n`],
    ['report.md', markdown(report)],
    [
      'roc.svg',
      rocSvg(evaluation.roc, `${model}: accuracy ${report.accuracy.mean.toFixed(5)}, AUC ${report.auc.toFixed(5)}`),
    ],
    ['embeddings.npy', writeNpy({ shape: [table.rows, table.columns], data: table.data })],
    ['embeddings.txt', names.map((name) => `${name}\n`).join('')],
    ['errors.html', errorsPage(shown, wrong.length, title)],
  ];
  for (const [name, content] of files) await writeFile(join(folder, name), content);
  return report;
}

function tableOf(rows: readonly WorkRow[], kept: readonly number[], columns: number): EmbeddingTable {
  const data = new Float32Array(kept.length * columns);
  for (const [row, i] of kept.entries()) data.set(rows[i]!.vector, row * columns);
  return { rows: kept.length, columns, data };
}

/** Several backends or adapters of one run, each once. */
function joined(values: readonly (string | null)[]): string | null {
  const all = [...new Set(values.filter((value) => value !== null))].sort();
  return all.length === 0 ? null : all.join(' + ');
}

/** People are told apart by the folders that their pictures lie in; a joined mirror image is left out. */
function calibration({ rows, columns, data }: EmbeddingTable, names: readonly string[], flip: boolean): FarPoint[] {
  const people = names.map((name) => name.slice(0, Math.max(0, name.lastIndexOf('/'))));
  if (people.includes(''))
    throw new FaceError('evaluate/too-few', { reason: 'calibration needs a folder for each person.' });
  const size = flip ? columns / 2 : columns;
  const plain = new Float32Array(rows * size);
  for (let row = 0; row < rows; row++) plain.set(data.subarray(row * columns, row * columns + size), row * size);
  const numbers = new Map([...new Set(people)].map((person, i) => [person, i]));
  const personOf = Int32Array.from(people, (person) => numbers.get(person)!);
  const { impostor } = pairHistograms({ rows, columns: size, data: plain }, personOf);
  return calibrate(impostor, FARS);
}

type Wrong = Omit<WrongPair, 'pictures'>;

/** Those furthest on the wrong side of their threshold first. */
function wrongPairs({ pairs }: PairList, kept: Int32Array, { distances, wrong, accuracy }: Evaluation): Wrong[] {
  const found: Wrong[] = [];
  for (let i = 0; i < kept.length; i++) {
    if (!wrong[i]) continue;
    const { a, b, same, fold } = pairs[kept[i]!]!;
    found.push({ a, b, same, fold, distance: distances[i]!, threshold: accuracy.thresholds[fold]! });
  }
  const off = ({ distance, threshold }: Wrong): number => Math.abs(distance - threshold);
  return found.sort((x, y) => off(y) - off(x));
}

async function withPictures(wrong: readonly Wrong[], { names, files }: PictureSet): Promise<WrongPair[]> {
  const fileOf = new Map(names.map((name, i) => [name, files[i]!]));
  const read = (name: string): Promise<Uint8Array> => bytesOf(fileOf.get(name)!);
  return Promise.all(
    wrong.map(async (pair) => ({ ...pair, pictures: [await read(pair.a), await read(pair.b)] as const })),
  );
}
