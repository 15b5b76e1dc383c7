import { toFaceError, type FaceError } from '../../core/errors';
import type { FaceClient } from '../../client/faceClient';
import type { ModelPlace, Progress } from '../../client/types';
import type { Engine } from '../shell/engine.svelte';
import type { Notices } from '../shell/notices.svelte';
import type { Tabs } from '../shell/tabs.svelte';
import { distanceText } from '../shell/words';

interface Call {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** A model being downloaded or read from a file: it goes on in other views. */
export class ModelFiles {
  progress = $state.raw<Progress | null>(null);
  error = $state.raw<FaceError | null>(null);
  /** A download was begun and not finished: what has arrived is kept. */
  begun = $state(false);
  #abort = new AbortController();

  constructor(
    private readonly client: FaceClient,
    private readonly engine: Engine,
    private readonly tabs: Tabs,
    private readonly notices: Notices,
  ) {}

  async download({ id, title }: ModelPlace): Promise<void> {
    this.begun = true;
    await this.#get(`Getting ${title}`, (call) => this.client.call('downloadModel', { id }, call));
  }

  async take(file: File): Promise<void> {
    const request = { file, name: file.name };
    await this.#get(`Checking ${file.name}`, (call) =>
      this.tabs.run(() => this.client.call('importModel', request, call)),
    );
  }

  cancel(): void {
    this.#abort.abort();
  }

  /** Runs a download or an import, then starts with what it brought. */
  async #get(stage: string, work: (call: Call) => Promise<ModelPlace>): Promise<void> {
    if (this.progress) return;
    this.error = null;
    this.#abort = new AbortController();
    this.progress = { stage, done: 0, total: 0, unit: 'bytes' };
    const before = new Set(this.engine.models.flatMap(({ id, trained }) => (trained ? [id] : [])));
    try {
      const place = await work({ signal: this.#abort.signal, onProgress: (now) => (this.progress = now) });
      this.begun = false;
      if (place.trained) await this.engine.change({ model: place.id, precision: 'auto' });
      else await this.engine.startAutomatically();
      const isNew = place.trained !== null && !before.has(place.id);
      this.notices.done(`${place.title} is here and is used from now on.${isNew ? ` ${originText(place)}` : ''}`);
    } catch (thrown) {
      const failure = toFaceError(thrown);
      this.error = failure.code === 'aborted' ? null : failure;
    } finally {
      this.progress = null;
    }
  }
}

/** What a trained model's file says of itself nobody here has checked. */
export function originText({ threshold, trained, isEvenedOut }: ModelPlace): string {
  const evened = isEvenedOut ? ' before distances are evened out over kinds of faces' : '';
  const untested = trained?.hasSelfTest ? '' : ' It brings no test of itself.';
  return `It was not trained in this browser: whoever made it chose its threshold, ${distanceText(threshold ?? 0)}${evened}, below which two faces are one person.${untested}`;
}
