import { FaceNet } from '../../client/faceNet';
import type { EngineState } from '../../client/types';
import { Pace } from '../../evaluate/pace';
import { startOptions, type Engine } from '../shell/engine.svelte';
import { Task, type TaskCall, type TaskProgress } from '../shell/task.svelte';
import { progressText } from '../shell/words';

/** `client` has the model in use, in a worker of its own. */
export interface Measuring extends TaskCall {
  readonly client: FaceNet;
}

/** A measurement with a worker of its own, so that recognition continues meanwhile; it continues in other views. */
export abstract class Measurement<Result> {
  readonly task = new Task();
  /** “3 of 12 pictures, 4.1 pictures/s, 3 s left”. */
  detail = $state('');
  result = $state.raw<Result | null>(null);

  constructor(private readonly engine: Engine) {}

  /** Resolves in any case. */
  protected async measure(work: (measuring: Measuring, state: EngineState) => Promise<Result>): Promise<void> {
    if (this.task.running) return;
    this.result = null;
    this.result = await this.task.run(async (call) => {
      const client = new FaceNet();
      const onProgress = this.#paced(call.onProgress);
      try {
        const state = await client.start({ ...startOptions(this.engine.settings), ...call, onProgress });
        return await work({ ...call, client, onProgress }, state);
      } finally {
        client.close();
      }
    });
  }

  /** `report`, with the speed since the first picture. */
  #paced(report: TaskCall['onProgress']): TaskCall['onProgress'] {
    let pace: Pace | null = null;
    return (progress: TaskProgress | null): void => {
      report(progress);
      const words = [progressText(progress)];
      if (progress?.unit === 'pictures' && progress.total > 0) {
        pace ??= new Pace(progress.total);
        pace.reach(progress.done);
        words.push(String(pace));
      }
      this.detail = words.filter((each) => each !== '').join(', ');
    };
  }
}
