import { FaceError, toFaceError } from '../../core/errors';
import type { RecognisedFace, StoredCrop } from '../../core/types';
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

/** A face with its match by the present gallery. */
export interface ShownFace extends RecognisedFace {
  readonly key: string;
  readonly crop: StoredCrop;
}

/** A picture: waiting → working → done or failed. Only a small copy is kept once it is done. */
export class PictureItem {
  status = $state<'waiting' | 'working' | 'done' | 'failed'>('waiting');
  error = $state.raw<FaceError | null>(null);
  url = $state<string | null>(null);
  width = $state(0);
  height = $state(0);
  /** Smallest detectable face, in the picture's pixels. */
  leastFace = $state(0);
  searches = 0;
  /** From left to right. */
  faces = $state.raw<readonly ShownFace[]>([]);
  /** Also searched for faces that are upside down or on their side. */
  turned = $state(false);
  /** Kept until it is done, longer if it can be searched again. */
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

/** The pictures of the Recognise view, processed in order. */
export class Pictures {
  /** Newest batch first; within a batch in the order given. */
  items = $state.raw<readonly PictureItem[]>([]);
  readonly task = new Task();
  /** Of the pictures since the queue was last empty. */
  done = $state(0);
  total = $state(0);
  waiting = $derived(this.total - this.done);
  /** Also search new pictures for turned faces. */
  turned = $state(false);

  #next = 1;

  constructor(private readonly engine: Engine) {}

  /** Queues the pictures. Resolves when the queue is empty or paused. */
  add(sources: readonly NewPicture[]): Promise<void> {
    const added = sources.map(({ blob, source }) => new PictureItem(this.#next++, source, blob));
    this.items = [...added, ...this.items];
    this.#expect(added.length);
    return this.run();
  }

  async run(): Promise<void> {
    if (this.task.running) return;
    // Again for pictures added while the run was ending.
    while (this.#nextWaiting() && (await this.task.run(({ signal }) => this.#recogniseAll(signal))));
  }

  /** Resolves to whether it finished. */
  async #recogniseAll(signal: AbortSignal): Promise<boolean> {
    for (let item = this.#nextWaiting(); item && !signal.aborted; item = this.#nextWaiting())
      await this.#recognise(item, signal);
    return !signal.aborted;
  }

  /** Searches again after a failure that may have passed: a crashed worker, a missing model. */
  retry(item: PictureItem): Promise<void> {
    item.error = null;
    this.#again(item);
    return this.run();
  }

  /** Searches again, also for turned faces. */
  searchTurned(item: PictureItem): Promise<void> {
    item.turned = true;
    this.#again(item);
    return this.run();
  }

  /** Applies to new pictures and, when switched on, to those whose faces may be turned. */
  setTurned(on: boolean): Promise<void> {
    this.turned = on;
    for (const item of this.items) if (on && item.mayLie) this.#again(item);
    return this.run();
  }

  /** The picture in progress waits again. */
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

  /** Matches the faces again after a change of people, model or threshold. */
  async rematch(): Promise<void> {
    const model = this.engine.state?.model;
    for (const item of this.items) {
      // Repeated if the picture was searched again meanwhile, which replaces its faces.
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

  /** Restarts the count when nothing waits any more. */
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
      this.#show(item, result); // at once, so that a change of the gallery finds the faces
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
    // New keys: a name being typed must not go to a face of another search.
    const searches = ++item.searches;
    item.faces = result.faces
      .toSorted((a, b) => a.detection.box.x0 - b.detection.box.x0)
      .map((face, i) => {
        if (!face.crop) throw new FaceError('internal', { reason: 'a face came without its crop' });
        return { ...face, crop: face.crop, key: `${item.id}-${searches}-${i}` };
      });
  }
}
