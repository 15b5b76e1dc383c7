import { createFaceClient, type FaceClient } from '../../client/faceClient';
import type { EngineState, Progress } from '../../client/types';
import { toFaceError, type FaceError } from '../../core/errors';
import { Pace } from '../../evaluate/pace';
import { startOptions, type Engine } from '../shell/engine.svelte';

/** What a measurement runs with. */
export interface Measuring {
  /** The model in use, in a worker of its own. */
  readonly client: FaceClient;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * One of the Benchmark view's measurements: how far it is, and what came out. It runs in a worker of its own, so that
 * recognition continues meanwhile, and while other views are shown.
 */
export abstract class Measurement<Result> {
  running = $state(false);
  progress = $state.raw<Progress | null>(null);
  /** Speed and time left, in words. */
  pace = $state('');
  error = $state.raw<FaceError | null>(null);
  result = $state.raw<Result | null>(null);

  #abort = new AbortController();

  constructor(private readonly engine: Engine) {}

  /** Resolves in any case. */
  protected async measure(work: (measuring: Measuring, state: EngineState) => Promise<Result>): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.error = null;
    this.result = null;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const client = createFaceClient();
    let pace: Pace | null = null;
    const onProgress = (progress: Progress): void => {
      this.progress = progress;
      if (progress.unit !== 'pictures' || progress.total === 0) {
        this.pace = '';
        return;
      }
      pace ??= new Pace(progress.total);
      pace.reach(progress.done);
      this.pace = String(pace);
    };
    try {
      const state = await client.call('start', startOptions(this.engine.settings), { signal, onProgress });
      this.result = await work({ client, signal, onProgress }, state);
    } catch (thrown) {
      const error = toFaceError(thrown);
      if (error.code !== 'aborted') this.error = error;
    } finally {
      client.close();
      this.running = false;
      this.progress = null;
      this.pace = '';
    }
  }

  cancel(): void {
    this.#abort.abort();
  }
}
