/**
 * The one door to this program: it finds faces, knows people, groups and trains. The app, the command line and other
 * people's programs call this class; the work is done in workers, and no picture leaves the device. Importing it touches
 * neither DOM nor Node, so it may be imported where pages are rendered on a server.
 */
import type {
  BenchmarkOptions,
  BenchmarkResult,
  Comparison,
  DetectOptions,
  DetectResult,
  EmbeddedFace,
  EmbedFacesOptions,
  EngineState,
  OpName,
  Ops,
  RecogniseOptions,
  RecogniseResult,
} from '../../workers/protocol';
import type { RemoteCallOptions } from '../../workers/rpc';
import type { Progress } from '../core/call';
import { FaceError } from '../core/errors';
import type { Embedding } from '../core/types';
import { bestFace } from './bestFace';
import { FaceThread } from './faceThread';
import { startRequest, type StartCall, type WorkerOptions } from './options';
import { benchmarkRequest, type PairPictures, type PairsInput } from './pairs';
import { People } from './people';
import { toPicture, type FrameSource, type PictureInput } from './pictures';
import { Tracking, type TrackOptions } from './tracking';
import { Trainer } from './trainer';
import { trainPeople, type TrainedPeople, type TrainPeopleOptions } from './trainPeople';

/** `name` is what errors call the picture; default its file's name. */
interface PictureCall {
  readonly name?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}
interface LongCall {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Pictures embedded in one call: enough to fill batches, few enough to stop between them. */
const EMBEDDED_AT_ONCE = 32;

export class FaceNet {
  /** Starts the engine and resolves when it is warm. Throws as `start`. */
  static async create(options: StartCall & WorkerOptions = {}): Promise<FaceNet> {
    const net = new FaceNet(options);
    try {
      await net.start(options);
      return net;
    } catch (thrown) {
      net.close();
      throw thrown;
    }
  }

  /** Whom `recognise` and `track` name. */
  readonly people: People = new People(this);
  readonly #thread: FaceThread;
  readonly #trainWorker: (() => Worker) | undefined;
  #state: EngineState | null = null;

  /** Starts nothing: for callers that start later, or several times. */
  constructor({ worker, trainWorker }: WorkerOptions = {}) {
    this.#thread = new FaceThread(worker);
    this.#trainWorker = trainWorker;
  }

  /** What runs: model, engine, backend, precision, thresholds, notes for the user. Throws `backend/not-started`. */
  get state(): EngineState {
    if (!this.#state) throw new FaceError('backend/not-started');
    return this.#state;
  }

  /** Loads, checks and warms up the models. Throws `weights/…`, `backend/…`, `config/bad-value`, `aborted`. */
  async start({ signal, onProgress, ...options }: StartCall = {}): Promise<EngineState> {
    this.#state = await this.call('start', startRequest(options), { signal, onProgress });
    if (this.people.list.length > 0) await this.people.refresh({ signal, onProgress });
    return this.#state;
  }

  /** Sets the false-accept rate a comparison that the threshold keeps to; null: the model's own. */
  async setFar(far: number | null): Promise<EngineState> {
    this.#state = await this.call('setFar', { far });
    return this.#state;
  }

  /** Where the faces of a picture are. No face is a result. Throws `image/…`, `detect/bad-option`, `aborted`. */
  async detect(
    input: PictureInput,
    { name, signal, ...options }: DetectOptions & PictureCall = {},
  ): Promise<DetectResult> {
    return this.call('detect', { ...(await toPicture(input, name)), options }, { signal });
  }

  /** Each face with its box, points, quality, embedding, and who it is among `people`: null for a stranger. Throws as `detect`. */
  async recognise(
    input: PictureInput,
    { name, signal, ...options }: RecogniseOptions & PictureCall = {},
  ): Promise<RecogniseResult> {
    return this.call('recognise', { ...(await toPicture(input, name)), options }, { signal });
  }

  /** Whether the most probable faces of two pictures are one person's. Throws `harness/no-face`, and as `detect`. */
  async compare(a: PictureInput, b: PictureInput, { signal }: PictureCall = {}): Promise<Comparison> {
    const first = await bestFace(this, a, { signal });
    const second = await bestFace(this, b, { signal });
    return this.call('compare', { a: first.embedding, b: second.embedding }, { signal });
  }

  /**
   * One row a picture, in their order, computed in batches: the embedding of the large face in the middle. A picture that
   * cannot be read has its `problem`; where no face is found `vector` is null, or that of the middle of the picture.
   */
  async embed(
    inputs: readonly PictureInput[],
    { signal, onProgress, noFace = 'skip', ...options }: Partial<EmbedFacesOptions> & LongCall = {},
  ): Promise<EmbeddedFace[]> {
    const rows: EmbeddedFace[] = [];
    for (let at = 0; at < inputs.length; at += EMBEDDED_AT_ONCE) {
      const part = inputs.slice(at, at + EMBEDDED_AT_ONCE);
      const pictures = await Promise.all(part.map((input) => toPicture(input)));
      rows.push(...(await this.call('embedFaces', { pictures, options: { ...options, noFace } }, { signal })));
      onProgress?.({ stage: 'Embedding the faces', done: rows.length, total: inputs.length, unit: 'pictures' });
    }
    return rows;
  }

  /** Follows the faces of a playing video or of a canvas until `stop()` of what it returns. */
  track(source: FrameSource, options: TrackOptions): Tracking {
    return new Tracking(this, source, options);
  }

  /**
   * Which faces are one person's: a label a face, numbered in order of appearance. `photos`, a number a face: two faces of
   * one photo are never one person, copies of one face apart. In a thread of its own: other calls are answered meanwhile.
   */
  group(
    faces: readonly { readonly embedding: Pick<Embedding, 'vector' | 'cohortMean'> }[],
    { photos, signal, onProgress }: LongCall & { readonly photos?: ArrayLike<number> | undefined } = {},
  ): Promise<Int32Array> {
    const embeddings = faces.map(({ embedding }) => embedding);
    const known = {
      photos: photos ? Int32Array.from(photos) : Int32Array.from(faces.keys()),
      people: new Int32Array(faces.length).fill(-1),
    };
    return this.call('groupFaces', { embeddings, ...known }, { signal, onProgress });
  }

  /**
   * Trains a model that knows people by their pictures, evaluates it on pictures that were held out, and keeps it on this
   * device; `start({ embedder: model.id })` uses it. Throws `train/…`, `evaluate/too-few`, `store/full`, `aborted`.
   */
  train(
    people: Readonly<Record<string, readonly PictureInput[]>>,
    options: TrainPeopleOptions = {},
  ): Promise<TrainedPeople> {
    return trainPeople(this, people, options, this.#trainWorker);
  }

  /** A training step by step, in a thread of its own, for programs that keep its pictures and checkpoints themselves. */
  trainer(): Trainer {
    return new Trainer(this, this.#trainWorker);
  }

  /**
   * Accuracy on pairs of pictures by the protocol of Labeled Faces in the Wild. It occupies this FaceNet: create another
   * one to recognise meanwhile. Throws `evaluate/…`, `aborted`.
   */
  evaluate(
    pairs: PairsInput,
    pictures: PairPictures,
    { signal, onProgress, ...options }: Partial<BenchmarkOptions> & LongCall = {},
  ): Promise<BenchmarkResult> {
    return this.call('benchmark', benchmarkRequest(pairs, pictures, options), { signal, onProgress });
  }

  /** Any operation of the face thread (workers/protocol.ts), for programs that keep people and models' files themselves. */
  call<K extends OpName>(
    op: K,
    req: Ops[K]['req'],
    options?: RemoteCallOptions<Ops[K]['progress']>,
  ): Promise<Ops[K]['res']> {
    return this.#thread.call(op, req, options);
  }

  /** `listener` gets the error whenever the worker crashed; it is replaced by itself. Returns what removes the listener. */
  onCrash(listener: (error: FaceError) => void): () => void {
    return this.#thread.onCrash(listener);
  }

  /** Ends the thread and rejects what is under way with `aborted`. */
  close(): void {
    this.#thread.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}
