import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { averageLinkage } from '../../src/cluster/averageLinkage';
import { chineseWhispers } from '../../src/cluster/chineseWhispers';
import { dbscan } from '../../src/cluster/dbscan';
import { groupFaces } from '../../src/cluster/groupFaces';
import { measureGrouping } from '../../src/cluster/measure';
import { scaleOf } from '../../src/core/cohort';
import type { Points } from '../../src/cluster/points';
import type { Faces } from '../../src/cluster/normalised';
import { decisionOf, ratesOf } from '../../src/weights/calibration';
import { cohortFileName, readCohort } from '../../src/weights/cohorts';
import { readNpy } from '../../src/weights/formats/npy';
import type { EmbedderRow } from '../../src/weights/registry';
import { MODELS } from '../../src/weights/rows';

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
function rowOf(size: number): EmbedderRow {
  const row = MODELS.find((model) => model.kind === 'embedder' && model.embeddingSize === size);
  if (row?.kind !== 'embedder') throw new Error(`no model has embeddings of ${size} numbers`);
  return row;
}

async function withScales(points: Points): Promise<Faces> {
  const { cohort: row } = rowOf(points.size);
  const cohort = row ? readCohort(row, await readFile(join('public/cohorts', cohortFileName(row))), row.of) : null;
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

/** Prints a table for each of the files that `embed` wrote: `node test/bench/grouping.js people.npy …`. */
export async function main(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const { points, truth } = await readFaces(path);
    console.log(`\n${path}: ${points.count} faces of ${new Set(Array.from(truth)).size} people\n`);
    console.log('| method | pairwise F1 (P, R) | B-cubed F1 (P, R) | groups | s |');
    console.log('|---|---|---|---|---|');
    for (const [name, run] of METHODS) {
      const start = performance.now();
      const labels = run(points);
      const seconds = (performance.now() - start) / 1000;
      const { pairwise, bCubed, groups } = measureGrouping(labels, truth);
      const text = ({ f1, precision, recall }: typeof pairwise): string =>
        `${f1.toFixed(3)} (${precision.toFixed(3)}, ${recall.toFixed(3)})`;
      console.log(`| ${name} | ${text(pairwise)} | ${text(bCubed)} | ${groups} | ${seconds.toFixed(1)} |`);
    }
  }
}
