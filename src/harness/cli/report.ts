import { SingleBar } from 'cli-progress';
import type { EngineState, LoggedStep, Progress } from '../../client/types';
import { toFaceError } from '../../core/errors';
import { entryError, type EntryError } from './output';

const ENGINES = { litert: 'LiteRT.js', tfjs: 'TensorFlow.js' } as const;

/** What really runs, in one line. */
export function engineLine(state: EngineState): string {
  const threads = state.threads === 1 ? '1 thread' : `${state.threads} threads`;
  const place =
    state.backend === 'wasm'
      ? `WASM (${threads})`
      : `WebGPU (${state.adapter ?? 'unnamed adapter'}${state.softwareAdapter ? ', computed on the CPU: slow' : ''})`;
  return `${state.model}, ${state.precision}, ${ENGINES[state.engine]} on ${place}`;
}

/**
 * All that a command says: results on standard output (with `--json` one object and nothing else), everything else on
 * standard error, with a progress bar where that is a terminal.
 */
export class Report {
  failures = 0;
  #bar: SingleBar | null = null;
  #stage = '';

  /** Hears every step of a training run. */
  onTrainStep: (step: LoggedStep) => void = () => {};

  constructor(readonly json: boolean) {}

  trainStep(step: LoggedStep): void {
    this.onTrainStep(step);
  }

  /** A line of the result for people; nothing with `--json`. */
  line(text: string): void {
    if (!this.json) this.#write(process.stdout, text);
  }
  note(text: string): void {
    this.#write(process.stderr, text);
  }
  /** The one object of `--json`. */
  object(value: object): void {
    if (this.json) this.#write(process.stdout, JSON.stringify(value));
  }
  /** One picture failed, the others go on. */
  failure(thrown: unknown): EntryError {
    this.failures++;
    const error = toFaceError(thrown);
    this.note(error.message);
    return entryError(error);
  }
  engine(state: EngineState): void {
    this.note(engineLine(state));
    for (const note of state.notes) this.note(note);
  }

  /** `detail` follows the bar: speed, time left. */
  progress({ stage, done, total }: Pick<Progress, 'stage' | 'done' | 'total'>, detail = ''): void {
    if (!process.stderr.isTTY) return;
    if (stage !== this.#stage || !this.#bar) this.#startBar(stage, total);
    this.#bar?.setTotal(total);
    this.#bar?.update(done, { detail });
  }
  endProgress(): void {
    this.#bar?.stop();
    this.#bar = null;
  }

  #startBar(stage: string, total: number): void {
    this.endProgress();
    this.#stage = stage;
    this.#bar = new SingleBar({
      format: `${stage} {bar} {percentage} % {detail}`,
      clearOnComplete: true,
      hideCursor: true,
      forceRedraw: true,
      stream: process.stderr,
    });
    this.#bar.start(total, 0, { detail: '' });
  }

  #write(stream: NodeJS.WriteStream, text: string): void {
    if (this.#bar) process.stderr.write('\r\x1b[K'); // the bar draws itself again below the line
    stream.write(`${text}\n`);
  }
}
