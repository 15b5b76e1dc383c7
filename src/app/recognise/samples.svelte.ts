import { FaceError } from '../../core/errors';
import type { Engine } from '../shell/engine.svelte';
import { fetchSample } from '../shell/fetchSample';
import { newFace, type People } from '../people/people.svelte';
import type { Pictures } from './pictures.svelte';
import { pictureUrl, portraitUrl, SAMPLE_PICTURES, SAMPLE_PORTRAITS } from '../shell/sampleList';

/** “Try it with sample pictures”: enrols NASA's portraits and recognises its crew pictures. */
export class Samples {
  progress = $state.raw<{ readonly done: number; readonly total: number } | null>(null);
  #abort = new AbortController();

  constructor(
    private readonly engine: Engine,
    private readonly people: People,
    private readonly pictures: Pictures,
  ) {}

  /** Rejects with the first error; people enrolled until then stay and are marked as samples. */
  async run(): Promise<void> {
    if (this.progress) return;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.progress = { done: 0, total: SAMPLE_PORTRAITS.length };
    try {
      await this.engine.ready();
      await this.people.write(async () => {
        for (const [done, name] of SAMPLE_PORTRAITS.entries()) {
          this.progress = { done, total: SAMPLE_PORTRAITS.length };
          await this.#enrol(name, signal);
        }
      });
      const sources = await Promise.all(
        SAMPLE_PICTURES.map(async (file) => ({
          blob: await fetchSample(pictureUrl(file), file, signal),
          source: sourceOf(file),
        })),
      );
      this.progress = null;
      await this.pictures.add(sources);
    } finally {
      this.progress = null;
    }
  }

  stop(): void {
    this.#abort.abort();
  }

  /** One click: the sample people and their pictures are gone. */
  async remove(): Promise<void> {
    for (const item of this.pictures.items) if (item.source.kind === 'sample') this.pictures.remove(item);
    await this.people.removeSamples();
  }

  async #enrol(name: string, signal: AbortSignal): Promise<void> {
    const blob = await fetchSample(portraitUrl(name), name, signal);
    const source = sourceOf(name);
    const request = { picture: blob, name, options: { faces: 'best', keepCrops: true } } as const;
    const { faces } = await this.engine.client.call('recognise', request, { signal });
    const face = faces[0];
    if (!face) throw new FaceError('internal', { reason: `no face was found in the sample portrait of ${name}` });
    const known = this.people.named(name);
    if (known?.faces.some((other) => other.source.kind === 'sample')) return;
    if (known) await this.people.store.addFaces(known.id, [newFace(face, source)]);
    else await this.people.store.addPerson(name, [newFace(face, source)]);
  }
}

const sourceOf = (name: string) => ({ kind: 'sample', name }) as const;
