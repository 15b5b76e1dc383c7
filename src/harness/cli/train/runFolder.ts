import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoggedStep } from '../../../client/types';
import { FaceError } from '../../../core/errors';
import { metricsLine, metricsRecord } from '../../../train/metrics';
import { fileHeaderRecord, scalarsRecord } from '../../../train/tensorboard';
import { diskReason } from '../diskReason';
import { writeWhole } from '../writeWhole';
import { curveSvg, epochsCsv, epochsOf, type LfwPoint, type MetricsLine } from './epochs';

/** Where a training run leaves what it makes. */
export class RunFolder {
  readonly checkpoint: string;
  readonly model: string;
  readonly crops: string;
  readonly impostorCrops: string;
  readonly lfwCrops: string;
  readonly report: string;
  readonly metrics: string;
  /** What it trains on. */
  readonly data: string;
  /** There is a checkpoint to continue from. */
  readonly resumes: boolean;
  readonly #settings: string;
  readonly #events: string;
  /** Writes wait for each other, so that lines stay in order. */
  #last: Promise<void> = Promise.resolve();
  #begun = false;

  private constructor(readonly folder: string) {
    this.checkpoint = join(folder, 'checkpoint.bin');
    this.model = join(folder, 'model.safetensors');
    this.crops = join(folder, 'crops');
    this.impostorCrops = join(folder, 'crops-impostors');
    this.lfwCrops = join(folder, 'crops-lfw');
    this.report = join(folder, 'report.json');
    this.metrics = join(folder, 'metrics.jsonl');
    this.data = join(folder, 'data.json');
    this.resumes = existsSync(this.checkpoint);
    this.#settings = join(folder, 'run.json');
    this.#events = join(folder, 'events.out.tfevents.facenet-web');
  }

  /** Opens a run's folder. Throws `train/unfinished` (a checkpoint and no `resume`), `train/other-run`. */
  static async open(folder: string, settings: Settings, resume: boolean): Promise<RunFolder> {
    const run = new RunFolder(folder);
    await mkdir(folder, { recursive: true });
    if (run.resumes && !resume) throw new FaceError('train/unfinished', { path: folder });
    if (run.resumes) assertSameSettings(await settingsIn(run.#settings), settings);
    else for (const path of [run.metrics, run.#events]) await rm(path, { force: true });
    await writeWhole(run.#settings, `${JSON.stringify(settings, null, 2)}\n`);
    return run;
  }

  /** Seconds since 1970, as TensorBoard wants them, with the time as it is now. */
  addStep(step: LoggedStep): Promise<void> {
    return this.#write(step, metricsLine(step), metricsRecord(step, Date.now() / 1000));
  }

  addLfw(point: LfwPoint): Promise<void> {
    const { accuracy, val } = point.lfw;
    const record = scalarsRecord(Date.now() / 1000, point.step, { 'lfw/accuracy': accuracy, 'lfw/val': val });
    return this.#write(point, `${JSON.stringify(point)}\n`, record);
  }

  /** Resolves when all that was added is written. Throws `train/not-saved`; what was added after that is not written. */
  written(): Promise<void> {
    return this.#last;
  }

  /** What `metrics.jsonl` holds. */
  async lines(): Promise<MetricsLine[]> {
    await this.#last;
    return existsSync(this.metrics) ? linesOf(await readFile(this.metrics, 'utf8')) : [];
  }

  /** The report, and the metrics by epoch as a table and a picture. */
  async writeReport(report: object): Promise<void> {
    const epochs = epochsOf(await this.lines());
    await writeWhole(join(this.folder, 'epochs.csv'), epochsCsv(epochs));
    await writeWhole(join(this.folder, 'curve.svg'), curveSvg(epochs));
    await writeWhole(this.report, `${JSON.stringify(report, null, 2)}\n`);
  }

  #write(first: MetricsLine, line: string, record: Uint8Array): Promise<void> {
    this.#last = this.#last.then(async () => {
      try {
        if (!this.#begun) await this.#begin(first);
        await appendFile(this.metrics, line);
        await appendFile(this.#events, record);
      } catch (thrown) {
        throw new FaceError('train/not-saved', { what: 'metrics', reason: diskReason(thrown) }, { cause: thrown });
      }
    });
    this.#last.catch(() => undefined); // `written` throws it
    return this.#last;
  }

  /** Removes the lines of steps since the checkpoint, which are repeated (at its end LFW alone); events may repeat. */
  async #begin(first: MetricsLine): Promise<void> {
    this.#begun = true;
    if (!existsSync(this.metrics)) {
      await writeFile(this.#events, fileHeaderRecord(Date.now() / 1000));
      return;
    }
    const stays = (line: MetricsLine) =>
      line.step < first.step || (line.step === first.step && 'lfw' in first && !('lfw' in line));
    const kept = linesOf(await readFile(this.metrics, 'utf8')).filter(stays);
    await writeWhole(this.metrics, kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
}

/** What `run.json` holds: the flags, as commander gives them. */
type Settings = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** The flags on which a run depends and that neither its configuration nor the checkpoint's shapes would give away. */
const SAME = {
  command: 'command',
  model: '--model',
  trainable: '--trainable',
  width: '--width',
  size: '--size',
  aligned: '--aligned',
  holdOut: '--hold-out',
  holdOutPeople: '--hold-out-people',
  trainImages: '--train-images',
  shuffleLabels: '--shuffle-labels',
} as const;

function assertSameSettings(there: Settings | null, here: Settings): void {
  if (!there) return;
  for (const [key, what] of Object.entries(SAME))
    if (there[key] !== here[key])
      throw new FaceError('train/other-run', {
        what,
        got: String(there[key] ?? 'none'),
        expected: String(here[key] ?? 'none'),
      });
}

/** Null where they cannot be read: the checkpoint alone then says what it is of. */
async function settingsIn(path: string): Promise<Settings | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

/** What can be read of lines: the last one may have been cut off. */
function linesOf(text: string): MetricsLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as MetricsLine];
    } catch {
      return [];
    }
  });
}
