import { createContext } from 'svelte';
import { createFaceClient, type FaceClient } from '../../client/faceClient';
import type { Store } from '../../store/schema';
import { openStore } from '../../store/store';
import { Benchmark } from './benchmark.svelte';
import { Engine } from './engine.svelte';
import type { Notices } from './notices.svelte';
import { People } from './people.svelte';
import { Photos } from './photos/photos.svelte';
import { Pictures } from './pictures.svelte';
import { Samples } from './samples.svelte';
import { Training } from './training.svelte';

/** Everything a view works with, once the store is open. */
export interface Session {
  readonly client: FaceClient;
  readonly store: Store;
  readonly notices: Notices;
  readonly engine: Engine;
  readonly people: People;
  readonly pictures: Pictures;
  readonly photos: Photos;
  readonly samples: Samples;
  readonly benchmark: Benchmark;
  readonly training: Training;
}

export const [useSession, provideSession] = createContext<Session>();

/** Opens the store and starts the engine behind it. Throws `store/blocked`, `store/newer-version`. */
export async function openSession(notices: Notices): Promise<Session> {
  const store = await openStore();
  const client = createFaceClient();
  client.onCrash((error) => notices.problem(error));
  const engine = new Engine(client, store, await store.settings());
  const people = new People(store, engine);
  const pictures = new Pictures(engine);
  const photos = new Photos(engine, people);
  const benchmark = new Benchmark(engine);
  const samples = new Samples(engine, people, pictures);
  engine.onModel(() => people.sync());
  people.onGallery(async () => {
    await pictures.rematch();
    // Not waited for: grouping needs an engine that is ready, which it is only after this.
    photos.peopleChanged().catch((thrown: unknown) => notices.problem(thrown));
  });
  await people.load();
  void engine.start();
  return {
    client,
    store,
    notices,
    engine,
    people,
    pictures,
    photos,
    samples,
    benchmark,
    training: new Training(engine),
  };
}

/** Deletes the people, the settings and the models from this device and begins anew. */
export async function deleteEverything({ client, store, photos }: Session): Promise<void> {
  photos.queue?.pause();
  client.close(); // what the worker has under way must not be written after the deletion
  await store.deleteEverything();
  await deleteCaches();
  location.hash = '#/recognise';
  location.reload();
}

/** The models that were downloaded, and parts of them. There are none on plain http, nor where storage is blocked. */
async function deleteCaches(): Promise<void> {
  if (!('caches' in globalThis)) return;
  const names = await caches.keys().catch(() => []);
  for (const name of names) await caches.delete(name);
}
