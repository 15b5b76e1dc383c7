import { FaceError, toFaceError } from '../../core/errors';
import type { CaptureHint, Detection, Embedding, FaceQuality, Match, StoredCrop } from '../../core/types';
import type { RecogniseResult } from '../../client/types';
import type { FaceSource } from '../../store/schema';
import type { Engine } from '../shell/engine.svelte';
import { mayLie } from '../../client/lying';
import { Task } from '../shell/task.svelte';
import { thumbnail } from '../shell/thumbnail';

/** A picture to be recognised: a file, or one taken by the camera. */
export interface NewPicture {
  readonly blob: Blob;
  readonly source: FaceSource;
}

/** A face as shown: what was found in the picture, and who it is by the present gallery. */
export interface ShownFace {
  readonly key: string;
  readonly detection: Detection;
  readonly embedding: Embedding;
  readonly match: Match;
  readonly quality: FaceQuality;
  readonly hint: CaptureHint | null;
  readonly crop: StoredCrop;
}

/** A picture on its way: waiting → working → done or failed. Only a small copy is kept once it is done. */
export class PictureItem {
  status = $state<'waiting' | 'working' | 'done' | 'failed'>('waiting');
  error = $state.raw<FaceError | null>(null);
  /** Object URL of a copy small enough to show. */
  url = $state<string | null>(null);
  width = $state(0);
  height = $state(0);
  /** Pixels of the picture from which on faces were looked for. */
  leastFace = $state(0);
  /** How often it was searched. */
  searches = 0;
  /** From left to right. */
  faces = $state.raw<readonly ShownFace[]>([]);
  /** Also searched for faces that lie or stand on their head. */
  turned = $state(false);
  /** The picture itself, until it is done; kept after a failure that is not the picture's own, and where people may lie. */
  blob: Blob | null;
  /** Whether to offer the search for turned faces. */
  mayLie = $derived(this.status === 'done' && !this.turned && mayLie(this.faces));
  retryable = $derived(this.status === 'failed' && this.error !== null && !this.error.code.startsWith('image/'));

  constructor(
    readonly id: number,
    readonly source: FaceSource,
    blob: Blob,
  ) {
    this.blob = blob;
  }

  release(): void {
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = null;
    this.blob = null;
  }
}

/** The pictures of the Recognise view, worked on one after the other. */
export class Pictures {
  /** Newest batch first; within a batch in the order given. */
  items = $state.raw<readonly PictureItem[]>([]);
  readonly task = new Task();
  /** Of the pictures since the queue was last empty. */
  done = $state(0);
  total = $state(0);
  waiting = $derived(this.total - this.done);
  /** Whether the pictures that follow are also searched for turned faces: see `setTurned`. */
  turned = $state(false);

  #next = 1;

  constructor(private readonly engine: Engine) {}

  /** Puts the pictures in the queue and works through it. Resolves when the queue is empty or paused. */
  add(sources: readonly NewPicture[]): Promise<void> {
    const added = sources.map(({ blob, source }) => new PictureItem(this.#next++, source, blob));
    this.items = [...added, ...this.items];
    this.#expect(added.length);
    return this.run();
  }

  /** Continues with whatever waits. */
  async run(): Promise<void> {
    if (this.task.running) return;
    // Once more for what was added while the run was ending.
    while (this.#nextWaiting() && (await this.task.run(({ signal }) => this.#recogniseAll(signal))));
  }

  /** Resolves to whether it came to the end. */
  async #recogniseAll(signal: AbortSignal): Promise<boolean> {
    for (let item = this.#nextWaiting(); item && !signal.aborted; item = this.#nextWaiting())
      await this.#recognise(item, signal);
    return !signal.aborted;
  }

  /** Once more what failed for a reason that may have passed: a crash of the worker, a model that was not there. */
  retry(item: PictureItem): Promise<void> {
    item.error = null;
    this.#again(item);
    return this.run();
  }

  /** Once more, for faces that lie or stand on their head. */
  searchTurned(item: PictureItem): Promise<void> {
    item.turned = true;
    this.#again(item);
    return this.run();
  }

  /** Of the pictures that follow, and, where it is on, at once of those whose people may lie. */
  setTurned(on: boolean): Promise<void> {
    this.turned = on;
    for (const item of this.items) if (on && item.mayLie) this.#again(item);
    return this.run();
  }

  /** The picture being worked on goes back to the waiting ones. */
  pause(): void {
    this.task.abort();
  }

  remove(item: PictureItem): void {
    if (item.status === 'waiting' || item.status === 'working') this.total--;
    item.release();
    this.items = this.items.filter((other) => other !== item);
  }

  clear(): void {
    this.pause();
    for (const item of this.items) item.release();
    this.items = [];
    this.done = 0;
    this.total = 0;
  }

  /** Matches the faces again, after the people, the model or the threshold changed. */
  async rematch(): Promise<void> {
    const model = this.engine.state?.model;
    for (const item of this.items) {
      // Again where the picture was searched again meanwhile: its faces are others now.
      for (let isOf: readonly ShownFace[] | null = null; item.faces.length > 0 && item.faces !== isOf;) {
        const { faces } = item;
        const stale = faces.some((face) => face.embedding.modelId !== model);
        const embeddings = stale
          ? await this.engine.client.call('embedStored', { crops: faces.map((face) => face.crop) })
          : faces.map((face) => face.embedding);
        const matches = await this.engine.client.call('match', { embeddings });
        if (item.faces !== faces) continue;
        item.faces = isOf = faces.map((face, i) => ({ ...face, embedding: embeddings[i]!, match: matches[i]! }));
      }
    }
  }

  #again(item: PictureItem): void {
    item.status = 'waiting';
    this.#expect(1);
  }

  /** Counts from the beginning where nothing waits any more. */
  #expect(more: number): void {
    if (this.done === this.total) {
      this.done = 0;
      this.total = 0;
    }
    this.total += more;
  }

  #nextWaiting(): PictureItem | undefined {
    return this.items.find((item) => item.status === 'waiting');
  }

  async #recognise(item: PictureItem, signal: AbortSignal): Promise<void> {
    const { blob } = item;
    if (!blob) return;
    item.status = 'working';
    item.turned ||= this.turned;
    try {
      await this.engine.ready();
      const options = { keepCrops: true, ...(item.turned && { turned: true }) };
      const request = { picture: blob, name: item.source.name, options };
      const result = await this.engine.client.call('recognise', request, { signal });
      this.#show(item, result); // at once: a change of the gallery from here on must find the faces
      const url = item.url ?? (await thumbnail(blob, result.width, result.height));
      if (this.items.includes(item)) item.url = url;
      else if (url) URL.revokeObjectURL(url);
      item.status = 'done';
    } catch (thrown) {
      const error = toFaceError(thrown);
      if (error.code === 'aborted') {
        item.status = 'waiting';
        return;
      }
      item.error = error;
      item.status = 'failed';
    }
    if (!item.retryable && !item.mayLie) item.blob = null;
    if (this.items.includes(item)) this.done++;
  }

  #show(item: PictureItem, result: RecogniseResult): void {
    item.width = result.width;
    item.height = result.height;
    item.leastFace = result.leastFace;
    // Another search may find other faces: a name being typed for one of them must not be given to another.
    const searches = ++item.searches;
    item.faces = result.faces
      .toSorted((a, b) => a.detection.box.x0 - b.detection.box.x0)
      .map((face, i) => {
        if (!face.crop) throw new FaceError('internal', { reason: 'a face came without its crop' });
        return { ...face, crop: face.crop, key: `${item.id}-${searches}-${i}` };
      });
  }
}
