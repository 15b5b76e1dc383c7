import { existsSync } from 'node:fs';
import type { TrainPlan, TrainResult } from '../../../client/types';
import { FaceError } from '../../../core/errors';
import { stoppable, stoppedCode } from '../cleanup';
import type { Reporter } from '../reporter';
import type { HarnessSession } from '../session';
import type { TrainFlags } from './flags';
import type { RunFolder } from './runFolder';

const PAUSE_AGAIN_MS = 500;

/** Trains to the plan's end with checkpoints. Throws as the trainer, and `train/stopped` when a signal paused it. */
export async function trainAll(
  session: HarnessSession,
  folder: RunFolder,
  plan: TrainPlan,
  flags: TrainFlags,
  reporter: Reporter,
  onValidation: (at: TrainResult) => Promise<void>,
): Promise<TrainResult> {
  const { epochs } = plan.config;
  const total = epochs * plan.stepsPerEpoch;
  let lastNote = 0;
  reporter.onTrainStep = (step) => {
    folder.addStep(step).catch(() => undefined); // thrown by `written()`, when the steps' checkpoint is safe
    const words = `loss ${step.loss.toFixed(4)}, ${step.imagesPerSecond.toFixed(1)} pictures/s`;
    reporter.progress({ stage: 'Training', done: step.step, total }, words);
    if (process.stderr.isTTY || step.epoch === lastNote) return;
    lastNote = step.epoch;
    reporter.note(`epoch ${step.epoch} of ${epochs}, step ${step.step}: ${words}`);
  };
  const every = flags.lfw === undefined ? null : flags.lfwEvery;
  return session.withOutput(folder.checkpoint, async (out) => {
    let untilEpoch = every;
    let checkpoint = existsSync(folder.checkpoint);
    for (;;) {
      const run = (address: string | null) =>
        untilStopped(session, reporter, () => session.call('train', address, out, untilEpoch ?? undefined));
      // The worker continues from memory after the first call.
      const name = folder.checkpoint;
      const result = checkpoint ? await session.withPicture(name, name, ({ url }) => run(url)) : await run(null);
      checkpoint = true;
      await folder.written();
      reporter.endProgress();
      if (stoppedCode() !== null && !result.finished) throw new FaceError('train/stopped', { step: result.step });
      if (every !== null) await onValidation(result);
      if (result.finished || untilEpoch === null) return result;
      untilEpoch = Math.max(untilEpoch, result.epoch) + every!;
    }
  });
}

/** Lets the first Ctrl-C pause a training, which saves a checkpoint, instead of ending it. */
async function untilStopped<T>(session: HarnessSession, reporter: Reporter, work: () => Promise<T>): Promise<T> {
  let again: NodeJS.Timeout | undefined;
  const stop = () => {
    reporter.note('Stopping after the step in progress, with a checkpoint. Once more ends at once, without one.');
    // A pause that comes before the worker has begun is not heard: it is said until the training ends.
    const pause = () => void session.call('trainPause').catch(() => undefined);
    pause();
    again = setInterval(pause, PAUSE_AGAIN_MS);
  };
  try {
    return await stoppable(stop, work);
  } finally {
    clearInterval(again);
  }
}
