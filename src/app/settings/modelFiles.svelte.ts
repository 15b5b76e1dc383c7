import type { FaceNet } from '../../client/faceNet';
import type { ModelPlace } from '../../client/types';
import type { Engine } from '../shell/engine.svelte';
import type { Notices } from '../shell/notices.svelte';
import { Task, type TaskCall } from '../shell/task.svelte';
import type { Tabs } from '../shell/tabs.svelte';
import { distanceText } from '../shell/words';

/** Downloads a model or reads it from a file; continues in other views. */
export class ModelFiles {
  readonly task = new Task();
  /** A download is incomplete; what has arrived is kept. */
  begun = $state(false);

  constructor(
    private readonly client: FaceNet,
    private readonly engine: Engine,
    private readonly tabs: Tabs,
    private readonly notices: Notices,
  ) {}

  async download({ id, title }: ModelPlace): Promise<void> {
    this.begun = true;
    await this.#get(`Getting ${title}`, (call) => this.client.call('downloadModel', { id }, call));
  }

  async import(file: File): Promise<void> {
    const request = { file, name: file.name };
    await this.#get(`Checking ${file.name}`, (call) =>
      this.tabs.run(() => this.client.call('importModel', request, call)),
    );
  }

  /** Runs a download or an import, then starts with the new model. */
  #get(stage: string, work: (call: TaskCall) => Promise<ModelPlace>): Promise<null> {
    return this.task.run(async (call) => {
      call.onProgress({ stage, done: 0, total: 0 });
      const before = new Set(this.engine.models.flatMap(({ id, trained }) => (trained ? [id] : [])));
      const place = await work(call);
      this.begun = false;
      if (place.trained) await this.engine.change({ model: place.id, precision: 'auto' });
      else await this.engine.startAutomatically();
      const isNew = place.trained !== null && !before.has(place.id);
      this.notices.done(`${place.title} is here and is used from now on.${isNew ? ` ${originText(place)}` : ''}`);
      return null;
    });
  }
}

/** A trained model's own claims, which nobody here has checked. */
export function originText({ threshold, trained, isEvenedOut }: ModelPlace): string {
  const evened = isEvenedOut ? ' before distances are evened out over kinds of faces' : '';
  const untested = trained?.hasSelfTest ? '' : ' It brings no test of itself.';
  return `It was not trained in this browser: whoever made it chose its threshold, ${distanceText(threshold ?? 0)}${evened}, below which two faces are one person.${untested}`;
}
