import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import type { EngineState, LoggedStep, Progress } from '../../client/types';
import { count } from '../../core/count';
import { printable } from './printable';
import { toFaceError, type FaceError } from '../../core/errors';
import { leftOutLines, lyingLine, mayLieLine } from './leftOut';
import { entryError, type EntryError } from './output';

const ENGINES = { litert: 'LiteRT.js', tfjs: 'TensorFlow.js' } as const;

/** What really runs, in one line. */
export function engineLine(state: EngineState): string {
  const place =
    state.backend === 'wasm'
      ? `WASM (${count(state.threads, 'thread')})`
      : `WebGPU (${state.adapter ?? 'unnamed adapter'}${state.softwareAdapter ? ', computed on the CPU: slow' : ''})`;
  return `${state.model}, ${state.precision}, ${ENGINES[state.engine]} on ${place}`;
}

/** A command's output: results on stdout (one object with `--json`), the rest, with a progress bar, on stderr. */
export class Reporter {
  readonly #failed: FaceError[] = [];
  readonly #lying = new Set<string>();
  readonly #mayLie = new Set<string>();
  #bar: SingleBar | null = null;
  #stage = '';

  /** Hears every step of a training run. */
  onTrainStep: (step: LoggedStep) => void = () => {};

  constructor(readonly json: boolean) {}

  /** A line of the result for people; nothing with `--json`. */
  line(text: string): void {
    if (!this.json) this.#write(process.stdout, printable(text));
  }
  note(text: string): void {
    this.#write(process.stderr, printable(text));
  }
  /** The one object of `--json`. */
  object(value: object): void {
    if (this.json) this.#write(process.stdout, JSON.stringify(value));
  }
  get failures(): number {
    return this.#failed.length;
  }
  /** A picture shows a face that lies, `sure` or perhaps, and was not searched for such: nobody is known well by it. */
  lying(picture: string, sure: boolean): void {
    (sure ? this.#lying : this.#mayLie).add(picture);
  }
  /** Ends a command: how many pictures were left out, which, and why; and which show a face that lies. */
  end(): void {
    for (const line of leftOutLines(this.#failed)) this.note(line);
    const lying = lyingLine([...this.#lying]);
    if (lying !== null) this.note(lying);
    const mayLie = mayLieLine([...this.#mayLie]);
    if (mayLie !== null) this.note(mayLie);
  }
  /** One picture failed; the others continue. */
  failure(thrown: unknown): EntryError {
    const error = toFaceError(thrown);
    this.#failed.push(error);
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

/** Makes of a command's work what commander calls: with its arguments, its flags and the command itself. */
export type Runner = <A extends readonly unknown[], F extends { readonly json?: true }>(
  work: (...args: [...A, F, Reporter]) => Promise<void>,
) => (...given: [...A, F, Command]) => Promise<void>;

/** Gives each command a reporter of its own; `done` gets that of each command that has ended well. */
export function createRunner(done: (reporter: Reporter) => void): Runner {
  return <A extends readonly unknown[], F extends { readonly json?: true }>(
      work: (...args: [...A, F, Reporter]) => Promise<void>,
    ) =>
    async (...given: [...A, F, Command]) => {
      const args = given.slice(0, -1) as [...A, F];
      const reporter = new Reporter((args.at(-1) as F).json === true);
      await work(...args, reporter);
      done(reporter);
    };
}
