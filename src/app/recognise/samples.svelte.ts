import { FaceError } from '../../core/errors';
import type { Engine } from '../shell/engine.svelte';
import { Task, type TaskCall } from '../shell/task.svelte';
import { newFace, type People } from '../people/people.svelte';
import type { Pictures } from './pictures.svelte';
import { fetchSample, pictureUrl, portraitUrl, SAMPLE_PICTURES, SAMPLE_PORTRAITS } from '../shell/sampleFiles';

/** “Try it with sample pictures”: enrols NASA's portraits and recognises its crew pictures. */
export class Samples {
  readonly task = new Task();

  constructor(
    private readonly engine: Engine,
    private readonly people: People,
    private readonly pictures: Pictures,
  ) {}

  /** Never rejects; people enrolled before an error stay and are marked as samples. */
  async run(): Promise<void> {
    const sources = await this.task.run(async (call) => {
      call.onProgress(enrolled(0));
      await this.engine.ready();
      await this.people.write(() => this.#enrolAll(call));
      return Promise.all(
        SAMPLE_PICTURES.map(async (file) => ({
          blob: await fetchSample(pictureUrl(file), file, call.signal),
          source: sourceOf(file),
        })),
      );
    });
    if (sources) await this.pictures.add(sources);
  }

  /** Removes the sample people and their pictures. */
  async remove(): Promise<void> {
    for (const item of this.pictures.items) if (item.source.kind === 'sample') this.pictures.remove(item);
    await this.people.removeSamples();
  }

  async #enrolAll({ signal, onProgress }: TaskCall): Promise<void> {
    for (const [done, name] of SAMPLE_PORTRAITS.entries()) {
      onProgress(enrolled(done));
      await this.#enrol(name, signal);
    }
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

const enrolled = (done: number) =>
  ({ stage: 'Enrolling the sample people', done, total: SAMPLE_PORTRAITS.length, unit: 'steps' }) as const;
const sourceOf = (name: string) => ({ kind: 'sample', name }) as const;
