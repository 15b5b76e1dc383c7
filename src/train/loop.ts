import { throwIfAborted } from '../core/abort';
import type { CheckpointSink } from '../core/checkpoint';
import type { Weights } from '../core/weights';
import { batches, firstPosition, type Batch, type DataPosition, type Samples } from './batches';
import { readCheckpoint, writeCheckpoint } from './checkpoint';
import type { TrainConfig } from './config';
import { rateAt } from './schedule';
import { firstState, type TrainModel, type TrainState } from './state';
import { trainStep, type StepReport } from './step';

export interface TrainRun {
  readonly model: TrainModel;
  readonly config: TrainConfig;
  /** Where a run that has no checkpoint begins. */
  readonly weights: Weights;
  readonly samples: Samples;
  /** Side of the network's input. */
  readonly size: number;
  readonly sink: CheckpointSink;
  readonly log: (report: LoggedStep) => void | Promise<void>;
  readonly signal?: AbortSignal;
}

export interface LoggedStep extends StepReport {
  readonly epoch: number;
  readonly rate: number;
  readonly imagesPerSecond: number;
}

/**
 * Trains until the schedule or the number of epochs ends it, from the sink's checkpoint where there is one. The state
 * is the caller's. Throws `train/diverged` when a number stops being one and `aborted` when told to stop; what the
 * sink holds then is the last good checkpoint, and the same call goes on from it.
 */
export async function train(run: TrainRun): Promise<TrainState> {
  const { model, config, samples, sink, signal } = run;
  const stored = await sink.latest();
  const { state, position: start } = stored ? readCheckpoint(stored) : begin(run);
  const perStep = config.accumulate;
  const epochSteps = config.epochSteps || Math.ceil(samples.labels.length / (config.batch * perStep));
  const epochOf = (step: number) => Math.floor(step / epochSteps) + 1;
  let position = start;
  let saved = state.step;
  const save = async () => {
    await sink.save(await writeCheckpoint(state, config, epochOf(state.step), position));
    saved = state.step;
  };

  const pending: Batch[] = [];
  let started = performance.now();
  for await (const batch of batches(samples, config, run.size, start)) {
    throwIfAborted(signal);
    const epoch = epochOf(state.step);
    const rate = epoch > config.epochs ? null : rateAt(config.schedule, epoch, state.step, config.warmUpSteps);
    if (rate === null) break;
    if (pending.push(batch) < perStep) continue;

    const report = await trainStep(model, config, state, pending, rate);
    position = batch.after;
    const images = pending.splice(0).reduce((sum, { labels }) => sum + labels.length, 0);
    const now = performance.now();
    await run.log({ ...report, epoch, rate, imagesPerSecond: (1000 * images) / (now - started) });
    started = now;
    if (state.step % config.checkpointSteps === 0) await save();
  }
  if (saved < state.step) await save();
  return state;
}

function begin({ model, config, weights }: TrainRun): { state: TrainState; position: DataPosition } {
  return { state: firstState(model, config, weights), position: firstPosition(config.seed) };
}
