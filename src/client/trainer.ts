/** One training in a worker of its own: start → add → prepare → train (as often as paused) → evaluate → save. */
import type { ModelFileRef, ModelPlace, PictureRef } from '../../workers/protocol';
import type { RemoteCallOptions } from '../../workers/rpc';
import type {
  PictureSet,
  TrainBase,
  TrainEngine,
  TrainOps,
  TrainPlan,
  TrainRequest,
  TrainResult,
  TrainStart,
} from '../../workers/trainProtocol';
import type { Progress } from '../core/call';
import { checkFace } from '../core/checkFace';
import { FaceError } from '../core/errors';
import type { Report } from '../core/types';
import type { FaceNet } from './faceNet';
import { TrainThread, type TrainOptions } from './trainThread';

/** Where a training begins: a model that is here, the file of one that was trained with this program, or new weights. */
export type TrainFrom =
  | { readonly kind: 'model'; readonly id: string }
  | { readonly kind: 'file'; readonly file: ModelFileRef }
  | { readonly kind: 'scratch'; readonly width: number; readonly size?: number };

export interface PrepareRequest extends Omit<TrainRequest, 'base'> {
  readonly base: TrainFrom;
  /** By what name the run knows a person whom a trained base's own head calls `id`; default the same. */
  readonly nameOf?: ((id: string) => string) | undefined;
}

export interface SaveRequest {
  readonly title: string;
  /** Whom the head names, by row: none where the model is to be used for its embeddings alone. */
  readonly people: readonly string[];
  /** The id of the training run, where somebody keeps one. */
  readonly run?: string | undefined;
}

type CallOptions = RemoteCallOptions<Progress>;

/** What a run began with, and how wide its network is. */
interface Begun {
  readonly base: TrainBase;
  readonly id: string | null;
  readonly width: number;
}

export class Trainer {
  readonly #thread: TrainThread;
  #run: (Begun & { readonly plan: TrainPlan; readonly headOnly: boolean }) | null = null;
  #report: Report | null = null;

  /** `net` keeps the models: a trained base is read from it, and what was trained is saved there. */
  constructor(
    private readonly net: Pick<FaceNet, 'call'>,
    makeWorker?: () => Worker,
  ) {
    this.#thread = new TrainThread(makeWorker);
  }

  /** Starts the engine; again to change it. What was added or prepared before is forgotten. */
  start(options: TrainStart = {}, call?: CallOptions): Promise<TrainEngine> {
    return this.#thread.call('start', options, call);
  }

  /** Adds to a set, any number of times; files that cannot be read are left out and named. */
  add(
    set: PictureSet,
    pictures: TrainOps['addPictures']['req']['pictures'],
    labels: readonly number[],
    call?: RemoteCallOptions<never>,
  ): Promise<TrainOps['addPictures']['res']> {
    return this.#thread.call('addPictures', { set, pictures, labels }, call);
  }

  /** Which of the files cannot be read: for those that are only ever embedded. */
  check(pictures: readonly PictureRef[]): Promise<TrainOps['checkPictures']['res']> {
    return this.#thread.call('checkPictures', { pictures });
  }

  /** Builds the run. Throws as the operation `prepare`, and what reading a trained base throws. */
  async prepare({ base: from, nameOf, ...request }: PrepareRequest, call?: CallOptions): Promise<TrainPlan> {
    const begun = await this.#begin(from, nameOf);
    const plan = await this.#thread.call('prepare', { ...request, base: begun.base }, call);
    this.#run = { ...begun, plan, headOnly: request.trainable === 'head' };
    this.#report = null;
    return plan;
  }

  /** Trains what was prepared: see `TrainThread.train`. */
  train(options: TrainOptions): Promise<TrainResult> {
    this.#report = null;
    return this.#thread.train(options);
  }

  /** Lets a running `train` save after its step and resolve with `finished` false. */
  pause(): Promise<void> {
    return this.#thread.pause();
  }

  /** The network before the run against what it has become. Throws `evaluate/too-few`. */
  async evaluate(far: number, call?: CallOptions): Promise<Report> {
    this.#report = await this.#thread.call('evaluate', { far }, call);
    return this.#report;
  }

  /** Embeddings of length 1 by the network before the run, or as it is now. */
  embed(req: TrainOps['embed']['req'], call?: CallOptions): Promise<TrainOps['embed']['res']> {
    return this.#thread.call('embed', req, call);
  }

  /**
   * Keeps what was trained as a model of this device, in all precisions. Throws `train/not-prepared` where more than a head
   * was trained and not evaluated since: its threshold would be a guess. Throws also as the operation `saveTrained`.
   */
  async save({ title, people, run }: SaveRequest, call?: CallOptions): Promise<ModelPlace> {
    if (!this.#run) throw new FaceError('train/not-prepared');
    const { plan, id, width, headOnly } = this.#run;
    const after = this.#report?.after;
    if (!headOnly && !after) throw new FaceError('train/not-prepared');
    const averaged = plan.config.averageDecay > 0;
    const { bytes, cohort, embeddingSize, inputSize } = await this.#thread.call('weights', { averaged });
    const drawn = await this.embed({ which: 'after', pictures: [selfTestPicture(inputSize)] });
    const details = {
      ...{ title, people, cohort, width, embeddingSize, inputSize, base: id, run: run ?? null },
      createdAt: Date.now(),
      crop: 'facenet' as const,
      measured:
        headOnly || !after ? null : { far: after.far, threshold: after.plainThreshold, impostors: after.impostorPairs },
      selfTest: [...drawn.data].map((value) => Number(value.toFixed(6))),
    };
    const report = this.#report && JSON.stringify(this.#report);
    return this.net.call('saveTrained', { bytes, details, report }, call);
  }

  close(): void {
    this.#thread.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #begin(from: TrainFrom, nameOf: (id: string) => string = (id) => id): Promise<Begun> {
    if (from.kind === 'scratch') return { base: from, id: null, width: from.width };
    const id = from.kind === 'file' ? await this.#import(from.file) : from.id;
    const place = (await this.net.call('models', {})).find((each) => each.id === id);
    if (!place?.trained) return { base: { kind: 'model', id }, id, width: 1 };
    const { inputSize: size, width, people } = place.trained;
    const { bytes } = await this.net.call('exportModel', { id, form: place.present[0] ?? 'float32' });
    const named = people.length > 0 ? { people: people.map(nameOf) } : null;
    return { base: { kind: 'weights', bytes, size, ...named }, id, width };
  }

  async #import({ url, name }: ModelFileRef): Promise<string> {
    const response = await fetch(url);
    if (!response.ok) throw new FaceError('weights/not-found', { file: name });
    return (await this.net.call('importModel', { file: await response.blob(), name })).id;
  }
}

/** The drawn face by which a model is checked whenever it starts, as pixels. */
function selfTestPicture(size: number) {
  const { data } = checkFace(size);
  return { size, data: Uint8Array.from({ length: size * size * 3 }, (_, i) => data[Math.floor(i / 3) * 4 + (i % 3)]!) };
}
