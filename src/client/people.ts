/** The people of a FaceNet, in memory: whom `recognise` and `track` name. Who wants to keep them stores their JSON. */
import type { EngineState } from '../../workers/protocol';
import type { RemoteCallOptions } from '../../workers/rpc';
import type { Progress } from '../core/call';
import { FaceError } from '../core/errors';
import { personKey, tidyName } from '../core/names';
import type { StoredCrop } from '../core/types';
import { bestFace, eachReadable, type LeftOut } from './bestFace';
import type { FaceNet } from './faceNet';
import { peopleJson, readPeople, type KeptCrop, type KnownFace, type KnownPerson, type PeopleJson } from './peopleFile';
import type { PictureInput } from './pictures';

export interface AddOptions extends RemoteCallOptions<Progress> {
  /** Keep a small picture of each face, so that it can be embedded again by another model (default), or only its numbers. */
  readonly keepCrops?: boolean;
}

/** What became of the pictures of `add`. */
export interface Added {
  /** Faces added. */
  readonly faces: number;
  readonly leftOut: readonly LeftOut[];
}

export class People {
  /** By `personKey` of their names. */
  #people = new Map<string, KnownPerson>();

  constructor(private readonly net: Pick<FaceNet, 'call' | 'state'>) {}

  /** Everybody, in the order in which they were added. */
  get list(): readonly { readonly name: string; readonly faces: number }[] {
    return [...this.#people.values()].map(({ name, faces }) => ({ name, faces: faces.length }));
  }

  /**
   * Adds the most probable face of each picture to the person of that name, who is made where there is none. Aborted, it
   * adds nothing. Throws `store/bad-name`, `aborted`, and what keeps the engine from running.
   */
  async add(
    name: string,
    pictures: PictureInput | readonly PictureInput[],
    { keepCrops = true, signal, onProgress }: AddOptions = {},
  ): Promise<Added> {
    const shown = tidyName(name);
    if (personKey(shown) === '' || shown.length > 100) throw new FaceError('store/bad-name');
    const all = Array.isArray(pictures) ? (pictures as readonly PictureInput[]) : [pictures as PictureInput];
    const { results: faces, leftOut } = await eachReadable(all, async (picture, done): Promise<KnownFace> => {
      onProgress?.({ stage: `Adding ${shown}`, done, total: all.length, unit: 'pictures' });
      const { embedding, crop } = await bestFace(this.net, picture, { keepCrops, signal });
      return { embedding, crop: crop ? await keptCrop(crop) : null };
    });
    const known = this.#people.get(personKey(shown));
    if (faces.length > 0)
      this.#people.set(personKey(shown), { name: known?.name ?? shown, faces: [...(known?.faces ?? []), ...faces] });
    await this.refresh({ signal });
    return { faces: faces.length, leftOut };
  }

  /** Resolves to whether there was somebody of that name. */
  async remove(name: string): Promise<boolean> {
    const removed = this.#people.delete(personKey(name));
    if (removed) await this.refresh();
    return removed;
  }

  /** What `JSON.stringify` takes: everybody with their embeddings and, where they were kept, the pictures of their faces. */
  toJSON(): PeopleJson {
    return peopleJson([...this.#people.values()]);
  }

  /** Replaces everybody by those of a `toJSON`, parsed. Throws `people/bad-json`: nobody is replaced then. */
  async fromJSON(value: unknown, options: RemoteCallOptions<Progress> = {}): Promise<void> {
    this.#people = new Map(readPeople(value).map((person) => [personKey(person.name), person]));
    await this.refresh(options);
  }

  /**
   * Gives the worker its gallery; after a change of model, faces with a crop are embedded again first. A face of another
   * model without a crop is kept, but matches nobody until its model runs again. FaceNet calls this after every start.
   */
  async refresh({ signal, onProgress }: RemoteCallOptions<Progress> = {}): Promise<void> {
    const { state } = this.net;
    const stale = this.#faces().flatMap(({ face }) => (face.crop && !isOf(state, face) ? [face as WithCrop] : []));
    if (stale.length > 0) {
      const crops = stale.map(({ crop }) => storedCrop(crop));
      const made = await this.net.call('embedStored', { crops }, { signal, onProgress });
      const renewed = new Map<KnownFace, KnownFace>(stale.map((face, i) => [face, { ...face, embedding: made[i]! }]));
      for (const [key, { name, faces }] of this.#people)
        this.#people.set(key, { name, faces: faces.map((face) => renewed.get(face) ?? face) });
    }
    const current = this.#faces().filter(({ face }) => isOf(state, face));
    const gallery = current.map(({ name, face }) => ({ person: name, embedding: face.embedding }));
    await this.net.call('setGallery', { faces: gallery }, { signal });
  }

  #faces(): { readonly name: string; readonly face: KnownFace }[] {
    return [...this.#people.values()].flatMap(({ name, faces }) => faces.map((face) => ({ name, face })));
  }
}

type WithCrop = KnownFace & { readonly crop: KeptCrop };

function isOf({ model, embeddingSize }: EngineState, { embedding }: KnownFace): boolean {
  return embedding.modelId === model && embedding.vector.length === embeddingSize;
}

async function keptCrop({ picture, ...rest }: StoredCrop): Promise<KeptCrop> {
  return { ...rest, picture: new Uint8Array(await picture.arrayBuffer()), type: picture.type };
}

function storedCrop({ picture, type, ...rest }: KeptCrop): StoredCrop {
  return { ...rest, picture: new Blob([picture], { type }) };
}
