import { count, oneIn } from '../core/count';
import type { ErrorCode } from '../core/errors';
import type { Decision, Decisions } from './decisions';
import type { DistanceName } from './distance';
import type { Evaluation } from './kfold';
import type { FarPoint } from './calibrate';

/** The results for a picture. */
export const FACE = 0;
/** No face was found: the row is the middle of the picture. */
export const CENTRE = 1;
/** No face was found: the row is empty. */
export const NONE = 2;
export type Outcome = typeof FACE | typeof CENTRE | typeof NONE;

/** What the embeddings depend on: the same in all parts of a run, also after it was resumed. */
export interface RunSettings {
  readonly model: string;
  readonly engine: string;
  readonly precision: string;
  /** Of several, the mean. */
  readonly crops: readonly string[];
  /** Null: the crop's own. */
  readonly margins: readonly number[] | null;
  readonly flip: boolean;
  readonly noFace: string;
  /** Null: the detector's own. */
  readonly minSize: number | null;
  readonly thresholds: readonly number[] | null;
  /** SHA-256 of the pictures' names in order. */
  readonly pictures: string;
}

/** How the pairs are evaluated, and what the embeddings were made with. */
export interface LfwOptions extends Omit<RunSettings, 'model'> {
  readonly distance: DistanceName;
  readonly subtractMean: boolean;
  readonly thresholdStep: number;
  readonly folds: number;
  readonly far: number;
}

/** `report.json`. Splitting or resuming the work changes only `imagesPerSecond`, `backend` and `adapter`. */
export interface LfwReport {
  /** Pairs evaluated; those `leftOut` have an unreadable picture, or a skipped one without a face. */
  readonly pairs: number;
  readonly leftOut: number;
  readonly pictures: number;
  readonly accuracy: Evaluation['accuracy'];
  /** `far`: what was measured, on the folds that did not choose the threshold. */
  readonly val: Evaluation['val'];
  readonly auc: number;
  readonly eer: number;
  /** Pictures without a detection. */
  readonly noFace: number;
  readonly noFacePictures: readonly string[];
  /** Pictures that could not be read, and why. */
  readonly failed: readonly {
    readonly picture: string;
    readonly error: { readonly code: ErrorCode; readonly message: string };
  }[];
  readonly imagesPerSecond: number;
  readonly backend: string;
  readonly adapter: string | null;
  readonly model: string;
  readonly options: LfwOptions;
  /** Of single embeddings: what the model itself decides by; with `--normalise`. */
  readonly decisions?: Decisions;
  /** FAR → plain Euclidean distance of single embeddings, from all pairs of pictures of two people; with `--calibrate`. */
  readonly calibration?: readonly FarPoint[];
}

/** How a report names an adapter: one that computes on the CPU says so. */
export function namedAdapter(engine: {
  readonly adapter: string | null;
  readonly softwareAdapter: boolean;
}): string | null {
  return engine.softwareAdapter ? `${engine.adapter ?? 'unnamed'}, computed on the CPU` : engine.adapter;
}

const rate = (value: number): string => value.toFixed(5);

/** The result in one line. */
export function summary({ accuracy, val, auc, eer }: Pick<LfwReport, 'accuracy' | 'val' | 'auc' | 'eer'>): string {
  return `accuracy ${rate(accuracy.mean)} ± ${rate(accuracy.std)}, VAL ${rate(val.mean)} ± ${rate(val.std)} at FAR ${rate(val.far)}, AUC ${rate(auc)}, EER ${rate(eer)}`;
}

/** `report.md`. */
export function markdown(report: LfwReport): string {
  const { accuracy, val, options } = report;
  const [low, high] = accuracy.interval;
  const facts: [string, string][] = [
    ['Accuracy', `${rate(accuracy.mean)} ± ${rate(accuracy.std)} (95 % of the mean: ${rate(low)} – ${rate(high)})`],
    [`VAL at FAR ${options.far}`, `${rate(val.mean)} ± ${rate(val.std)} (measured FAR ${rate(val.far)})`],
    ['AUC', rate(report.auc)],
    ['EER', rate(report.eer)],
    ['Pairs', `${report.pairs} in ${options.folds} folds${report.leftOut > 0 ? `, ${report.leftOut} left out` : ''}`],
    ['Pictures', `${report.pictures}, ${report.noFace} without a face (${options.noFace})${unreadText(report)}`],
    ['Model', `${report.model}, ${options.precision}, ${options.engine}`],
    ['Crop', `${options.crops.length > 1 ? 'mean of ' : ''}${options.crops.join(', ')}${marginsOf(options)}`],
    ['Flipped picture', options.flip ? 'embedded too and joined' : 'not used'],
    ['Mean', options.subtractMean ? 'of the other folds subtracted' : 'not subtracted'],
    ['Distance', options.distance === 'euclidean' ? 'squared Euclidean' : 'arccos(cosine) / π'],
    ['Thresholds', `in steps of ${options.thresholdStep}`],
    ['Speed', `${report.imagesPerSecond.toFixed(1)} pictures/s on ${report.backend}${adapterOf(report)}`],
  ];
  const folds = accuracy.folds.map((fold, i) => `| ${i + 1} | ${rate(fold)} | ${accuracy.thresholds[i]!.toFixed(3)} |`);
  return [
    '# Verification on pairs',
    '',
    ...table(['', ''], facts),
    '',
    ...table(['Fold', 'Accuracy', 'Threshold'], []),
    ...folds,
    ...decisionTable(report),
    ...calibrationTable(report.calibration),
    ...unreadTable(report),
    '',
    '![ROC](roc.svg)',
    '',
  ].join('\n');
}

/** The end of a sentence about the pictures; '' where all could be read. */
export function unreadText({ failed }: Pick<LfwReport, 'failed'>): string {
  return failed.length > 0 ? `, ${failed.length} could not be read` : '';
}

function unreadTable({ failed }: LfwReport): string[] {
  if (failed.length === 0) return [];
  const rows = failed.map(({ picture, error }) => [picture, error.message] as const);
  return ['', `${count(failed.length, 'picture')} could not be read:`, '', ...table(['Picture', 'Why'], rows)];
}

function marginsOf({ margins }: LfwOptions): string {
  if (margins === null) return '';
  return margins.length === 1 ? `, margin ${margins[0]}` : `, mean of margins ${margins.join(', ')}`;
}

function adapterOf({ adapter }: LfwReport): string {
  return adapter === null ? '' : ` (${adapter})`;
}

/** The two decisions, a row each, by name. */
function bothDecisions({ plain, normalised }: Decisions): [string, Decision][] {
  return [
    ['plain', plain],
    ['normalised', normalised],
  ];
}

/** For the command line: the decisions' rows, and what each accepts at its own threshold. */
export function decisionLines(decisions: Decisions): string[] {
  const { far, same, different } = decisions;
  return bothDecisions(decisions).flatMap(([name, decision]) => [
    `${name} distance: ${summary(decision)}`,
    `  at the default ${decision.threshold.toFixed(3)} (${oneIn(far)}): ${rate(decision.recall)} of ${count(same, 'same pair')} accepted, ${rate(decision.falseAccepts)} of ${count(different, 'different pair')}`,
  ]);
}

function decisionTable({ decisions, options }: LfwReport): string[] {
  if (!decisions) return [];
  const { far, same, different } = decisions;
  const head = ['Distance', 'Accuracy', `VAL at FAR ${options.far}`, 'AUC', 'EER', `Default: ${oneIn(far)}`];
  const rows = bothDecisions(decisions).map(([name, { accuracy, val, auc, eer, threshold, recall, falseAccepts }]) => [
    ...[name, `${rate(accuracy.mean)} ± ${rate(accuracy.std)}`, `${rate(val.mean)} (measured FAR ${rate(val.far)})`],
    ...[auc, eer].map(rate),
    ...[threshold.toFixed(3), rate(recall), rate(falseAccepts)],
  ]);
  return [
    '',
    'The model’s own decisions, on single embeddings (no flipped picture, no mean subtracted, Euclidean distance): plain, and ' +
      'normalised, that is evened out over kinds of faces. The last two columns are what each accepts at the default distance.',
    '',
    ...table(
      [...head, `Of ${count(same, 'same pair')} accepted`, `Of ${count(different, 'different pair')} accepted`],
      rows,
    ),
  ];
}

function calibrationTable(points: readonly FarPoint[] | undefined): string[] {
  if (!points) return [];
  const rows = points.map(({ far, distance, impostors }): [string, string, string] => [
    String(far),
    distance.toFixed(4),
    String(impostors),
  ]);
  return ['', ...table(['FAR', 'Distance', 'Pairs of two people'], rows)];
}

const MARKUP: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** A model's name is the user's: neither markup nor the end of a cell or line. */
function markdownText(text: string): string {
  return text
    .replace(/[\r\n\u0085\u2028\u2029]+/g, ' ')
    .replace(/[&<>]/g, (sign) => MARKUP[sign]!)
    .replace(/[\\|`*_~![\]#]/g, '\\$&');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownText).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
