import type * as tf from '@tensorflow/tfjs-core';
import { throwIfAborted } from '../core/abort';
import type { Batch, CheckpointSink, DataPosition, TrainState } from '../core/types';
import type { Weights } from '../core/weights';
import { batches, firstPosition } from './batches';
import { readCheckpoint, writeCheckpoint } from './checkpoint';
import type { TrainConfig } from './config/config';
import { stepsPerEpoch } from './sampler';
import { rateAt } from './config/schedule';
import type { TrainingData } from './samples';
import { disposeState, firstState, type TrainModel } from './state';
import { embedRows, trainStep, type StepReport } from './step';

export interface TrainRun {
  readonly model: TrainModel;
  readonly config: TrainConfig;
  /** The weights of a run without a checkpoint. */
  readonly weights: Weights;
  readonly samples: TrainingData;
  readonly sink: CheckpointSink;
  readonly log: (report: LoggedStep) => void | Promise<void>;
  /** The outcome of an earlier call, to continue from instead of the sink's checkpoint; its state is consumed. */
  readonly from?: Pick<TrainOutcome, 'state' | 'position'>;
  /** Stops at once; the steps since the last checkpoint are lost. */
  readonly signal?: AbortSignal | undefined;
  /** Stops after the step in progress, saved. */
  readonly pause?: AbortSignal | undefined;
  /** Stops after this epoch, saved. */
  readonly untilEpoch?: number | undefined;
}

export interface LoggedStep extends StepReport {
  readonly epoch: number;
  readonly rate: number;
  readonly imagesPerSecond: number;
}

export interface TrainOutcome {
  /** The caller's, to be freed by `disposeState`. */
  readonly state: TrainState<tf.Tensor>;
  readonly position: DataPosition;
  /** Of the last step. */
  readonly epoch: number;
  /** False when it stopped for `pause` or `untilEpoch`. */
  readonly finished: boolean;
}

/**
 * Trains until the schedule or the number of epochs ends it, from the sink's checkpoint where there is one. Throws
 * `train/diverged` when a number is no longer finite, `train/other-run` and `train/bad-checkpoint` as `readCheckpoint`,
 * what the sink throws, and `aborted`; the sink then holds the last good checkpoint, from which the same call continues.
 */
export async function train(run: TrainRun): Promise<TrainOutcome> {
  const { model, config, samples, sink, signal, pause, untilEpoch = Infinity } = run;
  const { state, position: start, saved: savedBefore } = await begin(run);
  const epochSteps = stepsPerEpoch(samples.labels, config);
  const epochOf = (step: number) => Math.floor(step / epochSteps) + 1;
  let position = start;
  let saved = savedBefore;
  let finished = false;
  const save = async () => {
    await sink.save(await writeCheckpoint(state, config, epochOf(state.step), position, samples.labels));
    saved = state.step;
  };

  const pending: Batch[] = [];
  let started = performance.now();
  try {
    for await (const batch of batches(samples, config, start, (inputs) => embedRows(model, state, inputs))) {
      throwIfAborted(signal);
      const epoch = epochOf(state.step);
      const rate = epoch > config.epochs ? null : rateAt(config.schedule, epoch, state.step, config.warmUpSteps);
      finished = rate === null;
      if (rate === null || epoch > untilEpoch) break;
      if (pending.push(batch) < config.accumulate) continue;

      const report = await trainStep(model, config, state, pending, rate);
      position = batch.after;
      const images = pending.splice(0).reduce((sum, { labels }) => sum + labels.length, 0);
      const now = performance.now();
      await run.log({ ...report, epoch, rate, imagesPerSecond: (1000 * images) / (now - started) });
      started = now;
      if (state.step % config.checkpointSteps === 0) await save();
      if (pause?.aborted) break;
    }
    if (saved !== state.step) await save();
  } catch (thrown) {
    disposeState(state);
    throw thrown;
  }
  return { state, position, epoch: epochOf(Math.max(0, state.step - 1)), finished };
}

/** `saved`: the step that the sink holds, −1 where it holds none. */
async function begin({ model, config, weights, samples, sink, from }: TrainRun) {
  if (from) return { ...from, saved: from.state.step };
  const stored = await sink.latest();
  if (stored) {
    const { state, position } = readCheckpoint(stored, { model, config, labels: samples.labels });
    return { state, position, saved: state.step };
  }
  // A run that is stopped before its first step has nothing to save.
  return { state: firstState(model, config, weights), position: firstPosition(config.seed), saved: 0 };
}
