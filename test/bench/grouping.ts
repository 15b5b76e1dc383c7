import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { averageLinkage } from '../../src/cluster/averageLinkage';
import { chineseWhispers } from '../../src/cluster/chineseWhispers';
import { dbscan } from '../../src/cluster/dbscan';
import { groupFaces } from '../../src/cluster/groupFaces';
import { measureGrouping } from './measureGrouping';
import { scaleOf } from '../../src/core/cohort';
import { mulberry32 } from '../../src/core/random';
import { l2Normalise } from '../../src/core/vectors';
import type { Faces, Points } from '../../src/cluster/points';
import { decisionOf, ratesOf } from '../../src/weights/calibration';
import { cohortFileName, readCohort } from '../../src/weights/cohorts';
import { readNpy } from '../../src/weights/formats/npy';
import type { PublishedEmbedder } from '../../src/weights/modelRow';
import { EMBEDDERS } from '../../src/weights/registry';

interface Labelled {
  readonly points: Faces;
  readonly truth: ArrayLike<number>;
}

/** What `facenet-web embed DIR --out NAME.npy` wrote. */
async function readFaces(path: string): Promise<Labelled> {
  const { shape, data } = readNpy(new Uint8Array(await readFile(path)), path);
  const labels = readNpy(new Uint8Array(await readFile(path.replace(/npy$/, 'labels.npy'))), path);
  const [count, size] = shape;
  return {
    points: await withScales({ count: count!, size: size!, vectors: Float32Array.from(data, Number) }),
    truth: Float64Array.from(labels.data, Number),
  };
}

type Method = readonly [name: string, run: (points: Faces) => Int32Array];

const SEED = 1;
const whispers = (similarity: number): Method => [
  `Chinese whispers, cosine ${similarity}`,
  (points) => chineseWhispers(points, { similarity, rounds: 20, seed: SEED }),
];
const density = (eps: number, minSamples: number): Method => [
  `DBSCAN, eps ${eps}, ${minSamples} neighbours`,
  (points) => dbscan(points, { eps, minSamples }),
];
const average = (threshold: number): Method => [
  `average linkage, ${threshold}`,
  (points) => averageLinkage(points, { threshold }),
];
/** The model is known by the length of its embeddings. */
function rowOf(size: number): PublishedEmbedder {
  const row = EMBEDDERS.find(({ embeddingSize }) => embeddingSize === size);
  if (!row) throw new Error(`no model has embeddings of ${size} numbers`);
  return row;
}

async function withScales(points: Points): Promise<Faces> {
  const { cohort: row } = rowOf(points.size);
  const cohort = readCohort(row, await readFile(join('public/cohorts', cohortFileName(row))), row.of);
  const scales = Float64Array.from({ length: points.count }, (_, i) =>
    scaleOf(cohort, { vector: points.vectors.subarray(i * points.size, (i + 1) * points.size) }),
  );
  return { ...points, scales };
}

const ours: Method = [
  'ours: average linkage along nearest faces',
  (points) => {
    return groupFaces(points, { rates: ratesOf(decisionOf(rowOf(points.size))) });
  },
];
/** Those of the original and of scikit-learn's figures, thresholds round them, and ours. */
const METHODS: readonly Method[] = [
  density(1, 1),
  density(0.75, 3),
  ...[0.5, 0.55, 0.6].map(whispers),
  ...[0.95, 1, 1.05].map(average),
  ours,
];

/**
 * A large library from few real faces: n faces of each person, mixed with the difference of two others, so that they
 * stay in the directions in which faces lie.
 */
async function manyFaces({ points, truth }: Labelled, count: number): Promise<Labelled> {
  const random = mulberry32(SEED);
  const { size } = points;
  const face = (i: number): Float32Array => points.vectors.subarray(i * size, (i + 1) * size);
  const draw = (): Float32Array => face(Math.floor(random() * points.count));
  const each = Math.ceil(count / points.count);
  const vectors = new Float32Array(count * size);
  const labels = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const own = Math.floor(i / each);
    const [one, other] = [draw(), draw()];
    const share = 0.27 + 0.36 * random();
    labels[i] = truth[own]!;
    vectors.set(l2Normalise(face(own).map((value, k) => value + share * (one[k]! - other[k]!))), i * size);
  }
  return { points: await withScales({ count, size, vectors }), truth: labels };
}

/**
 * `node test/bench/grouping.js EMBEDDINGS.npy … [--faces 100000]`: a table of all methods for each of the files that
 * `facenet-web embed` wrote; with `--faces`, the time of ours for that number of faces drawn from each file's.
 */
export async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { faces: { type: 'string' } } });
  for (const path of positionals) {
    const real = await readFaces(path);
    const faces = values.faces === undefined ? real : await manyFaces(real, Number(values.faces));
    printTable(path, faces, values.faces === undefined ? METHODS : [ours]);
  }
  if (values.faces !== undefined) console.log(`\nat most ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);
}

function printTable(path: string, { points, truth }: Labelled, methods: readonly Method[]): void {
  console.log(`\n${path}: ${points.count} faces of ${new Set(Array.from(truth)).size} people\n`);
  console.log('| method | pairwise F1 (P, R) | B-cubed F1 (P, R) | groups | s |');
  console.log('|---|---|---|---|---|');
  for (const [name, run] of methods) {
    const start = performance.now();
    const labels = run(points);
    const seconds = (performance.now() - start) / 1000;
    const { pairwise, bCubed, groups } = measureGrouping(labels, truth);
    const text = ({ f1, precision, recall }: typeof pairwise): string =>
      `${f1.toFixed(3)} (${precision.toFixed(3)}, ${recall.toFixed(3)})`;
    console.log(`| ${name} | ${text(pairwise)} | ${text(bCubed)} | ${groups} | ${seconds.toFixed(1)} |`);
  }
}
