import type { Checkpoint, ResumableSink } from '../../core/types';
import { FaceError, type ErrorData } from '../../core/errors';
import { checkpointPlace } from '../../train/checkpoint';

/** A sink whose checkpoints the caller of the worker takes and saves; a `save` lasts until it says so. */
export class CallerSink implements ResumableSink {
  private number = 0;
  private waiting: {
    readonly number: number;
    readonly checkpoint: Checkpoint;
    readonly resolve: () => void;
    readonly reject: (error: FaceError) => void;
  } | null = null;

  /** `last`: what the caller's sink holds. `keep`: checkpoints stay in memory too, to resume after a device loss. */
  constructor(
    private last: Checkpoint | null,
    private readonly keep: boolean,
    private readonly notify: (checkpoint: { number: number; step: number }) => void,
    signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => this.end(new FaceError('aborted')));
  }

  async latest(): Promise<Checkpoint | null> {
    return this.last;
  }

  async meta(): Promise<string | null> {
    return this.last?.meta ?? null;
  }

  async save(checkpoint: Checkpoint): Promise<void> {
    const number = ++this.number;
    const { step } = checkpointPlace(checkpoint);
    const copy = this.keep ? { ...checkpoint, tensors: checkpoint.tensors.slice() } : null;
    await new Promise<void>((resolve, reject) => {
      this.waiting = { number, checkpoint, resolve, reject };
      this.notify({ number, step });
    });
    this.last = copy;
  }

  take(number: number): Checkpoint {
    if (this.waiting?.number !== number) throw new FaceError('worker/bad-request', { op: `takeCheckpoint ${number}` });
    return this.waiting.checkpoint;
  }

  saved(number: number, error?: ErrorData): void {
    if (this.waiting?.number !== number) return;
    if (error) this.end(new FaceError(error.code, error.details));
    else this.waiting.resolve();
    this.waiting = null;
  }

  private end(error: FaceError): void {
    this.waiting?.reject(error);
    this.waiting = null;
  }
}
