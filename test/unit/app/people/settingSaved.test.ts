import { expect, test, vi } from 'vitest';
import { People } from '../../../../src/app/people/people.svelte';
import { Engine } from '../../../../src/app/shell/engine.svelte';
import { FaceNet } from '../../../../src/client/faceNet';
import { Changes } from '../../../../src/store/changes';
import { memoryDatabase } from '../../../../src/store/memory';
import { storeOver } from '../../../../src/store/store';
import { newFace } from '../../store/storeBehaviour';

/** The people of a store as the app connects them, with a client that counts its calls. */
async function opened() {
  const database = memoryDatabase();
  const reads: string[] = [];
  const read: typeof database.read = (names, body) => {
    reads.push(...names);
    return database.read(names, body);
  };
  const changes = new Changes(null);
  const store = storeOver({ ...database, read }, changes);
  await store.people.addPerson('Ada', [newFace(1)]);
  const calls: string[] = [];
  const call = async (op: string) => {
    calls.push(op);
    return op === 'start' ? { model: 'facenet', embeddingSize: 3, cohort: null } : [];
  };
  const engine = new Engine(
    Object.assign(new FaceNet(), { call: call as FaceNet['call'] }),
    store.settings,
    await store.settings.read(),
  );
  const people = new People(store.people, engine);
  const galleries = vi.fn(async () => undefined);
  people.onGallery(galleries);
  engine.onModel(() => people.sync());
  await engine.start();
  calls.length = reads.length = 0;
  galleries.mockClear();
  return { store, changes, engine, calls, reads, galleries };
}

test('ticking “Mirror” reads no faces, sends no gallery and restarts no grouping', async () => {
  const { store, engine, calls, reads, galleries } = await opened();
  await engine.change({ mirrorCamera: false });
  await new Promise((resolve) => setTimeout(resolve, 50)); // what a listener has begun ends within this
  expect(reads).toEqual([]);
  expect(calls).toEqual([]);
  expect(galleries).not.toHaveBeenCalled();
  expect((await store.settings.read()).mirrorCamera).toBe(false);
});

test('people written in another tab are read, and the worker is given their gallery', async () => {
  const { changes, reads, calls } = await opened();
  changes.replaced();
  await vi.waitFor(() => expect(calls).toContain('setGallery'));
  expect(reads).toContain('faces');
});
