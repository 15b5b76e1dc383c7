/** Settings, rows and result files of an evaluation on LFW's pairs, for the command `lfw` and the app. */
import type { ErrorData } from '../core/errors';
import { sha256 } from '../core/sha256';
import { writeNpy } from '../weights/formats/npy';
import { errorsPage, type ShownPair } from './errorsPage';
import { unreadRow, type LfwEvaluation, type LfwRow } from './evaluateLfw';
import { CENTRE, FACE, markdown, NONE, summary, type RunSettings } from './lfwReport';
import { rocSvg } from './rocPlot';

/** Wrong pairs that are shown with their pictures. */
const MOST_SHOWN = 200;

/** The embedding engine; the fields are those of `EngineState`. */
export interface RunEngine {
  readonly model: string;
  readonly engine: string;
  readonly precision: string;
  /** The model's own. */
  readonly crop: string;
}

/** Options of a run; defaults are the model's and the detector's. */
export interface RunChoices extends Pick<RunSettings, 'flip' | 'noFace'> {
  readonly crops?: readonly string[] | undefined;
  readonly margins?: readonly number[] | undefined;
  readonly minSize?: number | undefined;
  readonly thresholds?: readonly number[] | undefined;
}

/** The settings of a run on the pictures `names`. */
export async function runSettings(
  { model, engine, precision, crop }: RunEngine,
  { crops = [crop], margins, flip, noFace, minSize, thresholds }: RunChoices,
  names: readonly string[],
): Promise<RunSettings> {
  return {
    ...{ model, engine, precision, crops, flip, noFace },
    margins: margins ?? null,
    minSize: minSize ?? null,
    thresholds: thresholds ?? null,
    pictures: await sha256(new TextEncoder().encode(names.join('\n'))),
  };
}

/** One picture's embedding; the fields are those of the protocol's `EmbeddedFace`. */
export interface EmbeddedPicture {
  readonly problem: ErrorData | null;
  readonly detection: object | null;
  readonly vector: Float32Array | null;
  readonly flipped: Float32Array | null;
}

/** A picture's row of `columns` numbers: its embedding, the flipped picture's after it where there is one, or zeros. */
export function lfwRow({ problem, detection, vector, flipped }: EmbeddedPicture, columns: number): LfwRow {
  if (problem) return unreadRow(problem);
  const numbers = new Float32Array(columns);
  if (!vector) return { outcome: NONE, vector: numbers };
  numbers.set(vector);
  if (flipped) numbers.set(flipped, vector.length);
  return { outcome: detection ? FACE : CENTRE, vector: numbers };
}

/** The clearest of the wrong pairs, at most 200, with their pictures as `read` gives them. */
export async function shownPairs(
  { wrong }: LfwEvaluation,
  read: (name: string) => Promise<Uint8Array>,
): Promise<ShownPair[]> {
  return Promise.all(
    wrong.slice(0, MOST_SHOWN).map(async (pair) => ({ ...pair, pictures: [await read(pair.a), await read(pair.b)] })),
  );
}

/** The ROC curve, an SVG. */
export function rocOf({ roc, report: { model, accuracy, auc } }: LfwEvaluation): string {
  return rocSvg(roc, `${model}: accuracy ${accuracy.mean.toFixed(5)}, AUC ${auc.toFixed(5)}`);
}

/** The result files of a run, by name. */
export function reportFiles(
  evaluation: LfwEvaluation,
  shown: readonly ShownPair[],
): (readonly [name: string, content: string | Uint8Array])[] {
  const { report, names, table, wrong } = evaluation;
  return [
    ['report.json', `${JSON.stringify(report, null, 2)}\n`],
    ['report.md', markdown(report)],
    ['roc.svg', rocOf(evaluation)],
    ['embeddings.npy', writeNpy({ shape: [table.rows, table.columns], data: table.data })],
    ['embeddings.txt', names.map((name) => `${name}\n`).join('')],
    ['errors.html', errorsPage(shown, wrong.length, `${report.model}: ${summary(report)}`)],
  ];
}
