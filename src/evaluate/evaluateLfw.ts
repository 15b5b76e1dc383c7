/** The protocol of Labeled Faces in the Wild on a complete run's embeddings: from rows to the report and the wrong pairs. */
import { describeError, FaceError, type ErrorData } from '../core/errors';
import { stackRows } from '../core/vectors';
import { calibrate, pairHistograms, type FarPoint } from './calibrate';
import { evaluateDecisions, type DecisionRule } from './decisions';
import type { WrongPair } from './errorsPage';
import { evaluatePairs, STEP, type EvaluateOptions, type Evaluation } from './kfold';
import { FACE, NONE, type LfwReport, type Outcome, type RunSettings } from './lfwReport';
import type { PairList } from './pairs';
import { rowPairs, type EmbeddingTable } from './rowPairs';

export interface LfwEvaluateOptions extends EvaluateOptions {
  readonly calibrate: boolean;
}

/** The result for a picture. */
export interface LfwRow {
  readonly outcome: Outcome;
  readonly vector: Float32Array;
  /** Why it could not be read: it has no embedding then. */
  readonly problem?: ErrorData;
}

export function unreadRow(problem: ErrorData): LfwRow {
  return { outcome: NONE, vector: new Float32Array(0), problem };
}

/** All pictures of a list, embedded. */
export interface LfwRun {
  /** In the order in which the list first names them. */
  readonly names: readonly string[];
  readonly rows: readonly LfwRow[];
  /** Numbers of an embedding; a flipped picture's follow the picture's own. */
  readonly columns: number;
  readonly settings: RunSettings;
  readonly seconds: number;
  readonly backend: string;
  readonly adapter: string | null;
  /** Where the model's own decisions are evaluated too. */
  readonly decision?: RunDecision;
}

export interface RunDecision {
  readonly rule: DecisionRule;
  /** The factor of the distances of each picture's own embedding; NaN where it has none. */
  readonly scales: ArrayLike<number>;
}

export interface LfwEvaluation {
  readonly report: LfwReport;
  readonly roc: Evaluation['roc'];
  /** The embeddings of the pictures `names`: all except unreadable ones and skipped ones without a face. */
  readonly table: EmbeddingTable;
  readonly names: readonly string[];
  /** Those furthest on the wrong side of their threshold first. */
  readonly wrong: readonly WrongPair[];
}

/** Rates of the calibration: three a decade from one in a million. */
const FARS = [1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1];

/** Evaluates the pairs on the embeddings of a complete run. Throws `evaluate/too-few`. */
export function evaluateLfw(list: PairList, run: LfwRun, options: LfwEvaluateOptions): LfwEvaluation {
  const { rows, columns, settings } = run;
  const kept = rows.flatMap(({ outcome }, i) => (outcome === NONE ? [] : [i]));
  const data = stackRows(kept.map((i) => rows[i]!.vector));
  const table = { rows: kept.length, columns, data };
  const names = kept.map((i) => run.names[i]!);
  const rowOf = new Map(names.map((name, row) => [name, row]));
  const pairs = rowPairs(list, (name) => rowOf.get(name));
  const evaluation = evaluatePairs(table, pairs, options);

  const without = run.names.filter((_, i) => rows[i]!.outcome !== FACE && !rows[i]!.problem);
  const failed = rows.flatMap(({ problem }, i) =>
    problem
      ? [
          {
            picture: run.names[i]!,
            error: { code: problem.code, message: describeError(problem.code, problem.details) },
          },
        ]
      : [],
  );
  const { model, ...made } = settings;
  const { distance, subtractMean, far, thresholdStep = STEP } = options;
  const single = options.calibrate || run.decision ? singleTable(table, settings.flip) : table;
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
    failed,
    imagesPerSecond: (rows.length - failed.length) / run.seconds,
    backend: run.backend,
    adapter: run.adapter,
    model,
    options: { ...made, distance, subtractMean, folds: list.folds, far, thresholdStep },
    ...(run.decision && {
      decisions: evaluateDecisions(
        single,
        kept.map((i) => run.decision!.scales[i]!),
        pairs,
        run.decision.rule,
        options,
      ),
    }),
    ...(options.calibrate && { calibration: calibration(single, names) }),
  };
  return { report, roc: evaluation.roc, table, names, wrong: wrongPairs(list, pairs.kept, evaluation) };
}

/** Each picture's own embedding: the first half of joined ones, without the flipped picture's. */
function singleTable(table: EmbeddingTable, flip: boolean): EmbeddingTable {
  if (!flip) return table;
  const { rows, columns, data } = table;
  const size = columns / 2;
  const own = Array.from({ length: rows }, (_, row) => data.subarray(row * columns, row * columns + size));
  return { rows, columns: size, data: stackRows(own) };
}

/** Pictures are of one person when they are in one folder. */
function calibration(table: EmbeddingTable, names: readonly string[]): FarPoint[] {
  const people = names.map((name) => name.slice(0, Math.max(0, name.lastIndexOf('/'))));
  if (people.includes(''))
    throw new FaceError('evaluate/too-few', { reason: 'calibration needs a folder for each person.' });
  const numbers = new Map([...new Set(people)].map((person, i) => [person, i]));
  const personOf = Int32Array.from(people, (person) => numbers.get(person)!);
  const { impostor } = pairHistograms(table, personOf);
  return calibrate(impostor, FARS);
}

function wrongPairs({ pairs }: PairList, kept: Int32Array, { distances, wrong, accuracy }: Evaluation): WrongPair[] {
  const found: WrongPair[] = [];
  for (let i = 0; i < kept.length; i++) {
    if (!wrong[i]) continue;
    const { a, b, same, fold } = pairs[kept[i]!]!;
    found.push({ a, b, same, fold, distance: distances[i]!, threshold: accuracy.thresholds[fold]! });
  }
  const off = ({ distance, threshold }: WrongPair): number => Math.abs(distance - threshold);
  return found.sort((x, y) => off(y) - off(x));
}
