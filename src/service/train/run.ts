import { throwIfAborted } from '../../core/abort';
import type { Progress } from '../../core/call';
import type { CheckpointSink, ResumableSink } from '../../core/types';
import { FaceError } from '../../core/errors';
import type { Weights, WeightTensor } from '../../core/weights';
import { weightShapes } from '../../nn/shapes';
import { toFloat32 } from '../../nn/weightValues';
import { checkpointPlace } from '../../train/checkpoint';
import { FeatureCache } from '../../train/featureCache';
import { imprint } from '../../train/imprint';
import { NO_AUGMENTATION } from '../../train/config/config';
import { train, type LoggedStep, type TrainOutcome } from '../../train/loop';
import { learningWeights, type Plan } from '../../train/plan';
import {
  frozenSamples,
  isCacheable,
  pictureSamples,
  type Backbone,
  type FrozenSamples,
  type TrainingData,
} from '../../train/samples';
import { disposeState, HEAD } from '../../train/state';
import { trainedWeights } from '../../train/trained';
import { writeSafetensors } from '../../weights/formats/safetensors';
import { letMessagesIn } from '../letMessagesIn';
import type { PictureSets } from './pictureSets';
import type { TrainEngines } from './engines';
import { lossOf } from './deviceLoss';
import { prepareBackbone } from './backbone';

/** Pictures a call of the inference engine. */
const BATCH = { wasm: 8, webgpu: 32 } as const;
/** Results of the frozen part that are kept, bytes. */
const CACHE_BYTES = 1024 ** 3;
/** More losses of the device than this in one call are not chance. */
const MOST_LOSSES = 5;
/** Milliseconds of work after which messages (pause, abort) are let in: steps on WASM run without doing so. */
const UNINTERRUPTED = 20;

export type TrainProgress =
  | { readonly kind: 'step'; readonly report: LoggedStep }
  /** A wait before the first step: loading, the frozen part's pass over the pictures. */
  | { readonly kind: 'stage'; readonly progress: Progress }
  /** For the sink `caller`: take it with `takeCheckpoint`, save it, and say so with `checkpointSaved`; training waits. */
  | { readonly kind: 'checkpoint'; readonly number: number; readonly step: number }
  /** The graphics device was lost; the run resumes from the checkpoint of that step. */
  | { readonly kind: 'recovered'; readonly step: number };

export interface TrainResult {
  readonly step: number;
  readonly epoch: number;
  /** False when paused or when `untilEpoch` was reached before the end. */
  readonly finished: boolean;
}

export interface TrainHooks {
  readonly sink: ResumableSink;
  readonly untilEpoch?: number | undefined;
  readonly signal: AbortSignal;
  readonly progress: (progress: TrainProgress) => void;
}

/** One run: what `prepare` made ready and what `train` has made of it. */
export class PreparedRun {
  private outcome: TrainOutcome | null = null;
  private pausing: AbortController | null = null;

  private constructor(
    private readonly engines: TrainEngines,
    readonly plan: Plan,
    readonly backbone: Backbone | null,
    readonly batch: number,
    private readonly samples: TrainingData & Partial<FrozenSamples>,
    /** Training data of the head without augmentation; null where more than the head is trained. */
    private readonly plain: FrozenSamples | null,
  ) {}

  /** Compiles the frozen part, if there is one. */
  static async open(engines: TrainEngines, data: PictureSets, plan: Plan): Promise<PreparedRun> {
    const batch = BATCH[engines.state.backend];
    const backbone = await prepareBackbone(engines, plan, batch);
    const { augment } = plan.config;
    const pictures = data.samples({ size: plan.inputSize, roomy: augment.crop === 'random' });
    const cache = new FeatureCache(CACHE_BYTES);
    const samples = backbone
      ? frozenSamples(pictures, backbone, augment, cache)
      : pictureSamples(pictures, plan.inputSize, augment);
    const plain = backbone && plan.headOnly ? frozenSamples(pictures, backbone, NO_AUGMENTATION, cache) : null;
    return new PreparedRun(engines, plan, backbone, batch, samples, plain);
  }

  get labels(): Int32Array {
    return this.samples.labels;
  }

  /** Trains from memory where that is as far as the sink's checkpoint, else from that, else from the beginning. */
  async train(hooks: TrainHooks): Promise<TrainResult> {
    const { sink, signal, progress } = hooks;
    const meta = await sink.meta();
    const stored = meta === null ? null : checkpointPlace({ meta });
    if (stored && this.outcome && stored.step !== this.outcome.state.step) this.forget();
    const pausing = (this.pausing = new AbortController());
    try {
      if (!(await this.fill(hooks, pausing.signal))) {
        return { ...(stored ?? { step: 0, epoch: 1 }), finished: false };
      }
      for (let losses = 0; ;) {
        const lost = lossOf(this.engines.tfjs);
        try {
          const outcome = await this.trainOnce(hooks, pausing.signal, lost.promise);
          this.outcome = outcome;
          return { step: outcome.state.step, epoch: outcome.epoch, finished: outcome.finished };
        } catch (thrown) {
          if (!(await lost.happened()) || signal.aborted || ++losses > MOST_LOSSES) throw thrown;
          await this.engines.restart();
          const last = await sink.meta();
          progress({ kind: 'recovered', step: last === null ? 0 : checkpointPlace({ meta: last }).step });
        } finally {
          lost.forget();
        }
      }
    } finally {
      this.pausing = null;
    }
  }

  /** What the frozen part makes of a training picture, where that is known already. */
  known(sample: number, flipped: boolean): Float32Array | undefined {
    return this.samples.known?.(sample, flipped);
  }

  pause(): void {
    this.pausing?.abort();
  }

  /** The trained weights as they are now. Throws `train/not-prepared` before the first `train` has returned. */
  async trainedWeights(averaged: boolean): Promise<Map<string, WeightTensor>> {
    if (!this.outcome) throw new FaceError('train/not-prepared');
    const { model } = this.plan;
    const { state } = this.outcome;
    const weights = new Map<string, WeightTensor>(await trainedWeights(model, state, averaged));
    for (const name of [HEAD.weights, HEAD.biases]) {
      const tensor = (averaged ? state.averages.get(name) : undefined) ?? state.weights.get(name);
      if (tensor) weights.set(name, { dtype: 'float32', shape: tensor.shape, data: await tensor.data<'float32'>() });
    }
    return weights;
  }

  /** The whole network as it is now, frozen part included, the head and what `more` has: a float32 safetensors file. */
  async weights(averaged: boolean, more: Weights | null): Promise<Uint8Array<ArrayBuffer>> {
    const trained = await this.trainedWeights(averaged);
    const whole = new Map<string, WeightTensor>();
    for (const [name, shape] of weightShapes(this.plan.graph))
      if (!trained.has(name))
        whole.set(name, { dtype: 'float32', shape, data: toFloat32(this.plan.weights.get(name)!) });
    return writeSafetensors(new Map([...whole, ...trained, ...(more ?? [])]));
  }

  /** The learning part's weights before training. */
  firstWeights(): Weights {
    return learningWeights(this.plan);
  }

  dispose(): void {
    this.forget();
    this.backbone?.executor.dispose();
  }

  private async trainOnce(
    { sink, untilEpoch, signal, progress }: TrainHooks,
    pause: AbortSignal,
    lost: Promise<never>,
  ): Promise<TrainOutcome> {
    const { model, config } = this.plan;
    const from = this.outcome;
    // The loop uses it up.
    this.outcome = null;
    // What still runs when the device is lost must neither report nor save anything any more.
    const alive = new AbortController();
    const own = AbortSignal.any([signal, alive.signal]);
    let breath = performance.now();
    const log = async (report: LoggedStep) => {
      if (own.aborted) throw new FaceError('aborted');
      progress({ kind: 'step', report });
      if (performance.now() - breath < UNINTERRUPTED) return;
      await letMessagesIn();
      breath = performance.now();
    };
    const guarded: CheckpointSink = {
      latest: () => sink.latest(),
      save: async (checkpoint) => {
        if (alive.signal.aborted) throw new FaceError('aborted');
        await sink.save(checkpoint);
      },
    };
    const resumes = from !== null || (await sink.meta()) !== null;
    const weights = resumes ? this.firstWeights() : await this.imprinted();
    const { samples } = this;
    const hooks = { sink: guarded, log, signal: own, pause, untilEpoch };
    const running = train({ model, config, weights, samples, ...hooks, ...(from && { from }) });
    running.catch(() => {});
    try {
      return await Promise.race([running, lost]);
    } catch (thrown) {
      alive.abort();
      throw thrown;
    }
  }

  /** Runs the frozen part over the pictures where that is worth it beforehand; false when paused meanwhile. */
  private async fill({ signal, progress }: TrainHooks, pause: AbortSignal): Promise<boolean> {
    if (!this.samples.fill || !isCacheable(this.plan.config.augment)) return true;
    const stage = 'Running the frozen part once';
    await this.samples.fill(async (done, total) => {
      await letMessagesIn();
      throwIfAborted(signal);
      progress({ kind: 'stage', progress: { stage, done, total, unit: 'pictures' } });
      return !pause.aborted;
    });
    return !pause.aborted;
  }

  /** The first weights, new people's rows of a head that learns alone made of their embeddings. */
  private async imprinted(): Promise<Weights> {
    const weights = new Map(this.firstWeights());
    if (!this.plain || this.plan.newClasses.length === 0) return weights;
    const { model, config, newClasses } = this.plan;
    const { data } = await this.plain.read([...this.labels.keys()], () => 1);
    const shape = [model.classes, config.embeddingSize];
    const kept = weights.get(HEAD.weights);
    const matrix = kept ? toFloat32(kept).slice() : new Float32Array(model.classes * config.embeddingSize);
    imprint(matrix, newClasses, data, this.labels);
    return weights.set(HEAD.weights, { dtype: 'float32', shape, data: matrix });
  }

  private forget(): void {
    if (this.outcome) disposeState(this.outcome.state);
    this.outcome = null;
  }
}
