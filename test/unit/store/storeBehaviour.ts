import { beforeEach, expect, test, vi } from 'vitest';
import type { NewFace, Store, Topic } from '../../../src/store/schema';
import { FOLDER, photo, photoFace } from './photoStoreBehaviour';
import { checkpoint, newRun } from './trainStoreBehaviour';

/** A face with numbers by which a test tells it apart. */
export function newFace(mark: number, kind: NewFace['source']['kind'] = 'picture'): NewFace {
  const point = { x: mark, y: 1 };
  return {
    embedding: { modelId: 'facenet', vector: new Float32Array([mark, 0, 1]) },
    crop: {
      picture: new Blob([new Uint8Array([mark, 2, 3])], { type: 'image/jpeg' }),
      scale: 0.5,
      detection: { box: { x0: 1, y0: 2, x1: 3, y1: 4 }, score: 0.9, points: [point, point, point, point, point] },
    },
    quality: { size: 90, sharpness: 200, brightness: 120 },
    source: { kind, name: `<b>${mark}</b>.jpg` },
  };
}
export const marks = (faces: readonly { embedding: { vector: Float32Array } }[]): number[] =>
  faces.map((face) => face.embedding.vector[0]!).sort();

/** What every store does, wherever it keeps its rows. */
export function describeStore(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });

  test('a person and her faces come back as they were given', async () => {
    const given = newFace(7);
    const person = await store.people.addPerson('  Ada ', [given, newFace(8)]);
    expect(person).toMatchObject({ name: 'Ada', createdAt: expect.any(Number) });
    expect(await store.people.list()).toEqual([person]);
    const faces = await store.people.facesOf(person.id);
    expect(faces).toHaveLength(2);
    const face = faces.find(({ embedding }) => embedding.vector[0] === 7)!;
    const { crop, ...rest } = given;
    expect(face).toMatchObject({ ...rest, personId: person.id });
    expect(face.crop).toMatchObject({ scale: crop.scale, detection: crop.detection });
    expect(face.crop.picture.type).toBe('image/jpeg');
    expect([...new Uint8Array(await face.crop.picture.arrayBuffer())]).toEqual([7, 2, 3]);
  });

  test.each([
    ['', 'store/bad-name'],
    ['   ', 'store/bad-name'],
    ['x'.repeat(101), 'store/bad-name'],
    ['ADA', 'store/duplicate-name'],
    [' ada ', 'store/duplicate-name'],
    ['\u200b', 'store/bad-name'],
    ['A\u200bda', 'store/duplicate-name'],
    ['\u202eAda', 'store/duplicate-name'],
    ['E\u0301VA', 'store/duplicate-name'],
  ])('the name %j is refused with %s and nothing is saved', async (name, code) => {
    await store.people.addPerson('Ada', []);
    const { id } = await store.people.addPerson('\u00c9va', []);
    await expect(store.people.addPerson(name, [newFace(1)])).rejects.toMatchObject({ code });
    expect(await store.people.faces()).toEqual([]);
    expect((await store.people.list()).map((person) => person.name).sort()).toEqual(['Ada', '\u00c9va']);
    if (name !== 'E\u0301VA') await expect(store.people.renamePerson(id, name)).rejects.toMatchObject({ code });
  });

  test('a hundred characters are a name, letters beyond 16 bits counted once', async () => {
    const name = '\u{1F642}'.repeat(100);
    expect(await store.people.addPerson(name, [])).toMatchObject({ name });
  });

  test("a person can be renamed, also to another case of the person's own name", async () => {
    const { id } = await store.people.addPerson('ada', []);
    expect(await store.people.renamePerson(id, 'Ada')).toMatchObject({ id, name: 'Ada' });
    expect(await store.people.list()).toMatchObject([{ id, name: 'Ada' }]);
  });

  test('faces added to nobody are refused', async () => {
    await expect(store.people.addFaces('nobody', [newFace(1)])).rejects.toMatchObject({
      code: 'store/not-found',
      details: { kind: 'person', id: 'nobody' },
    });
    expect(await store.people.faces()).toEqual([]);
  });

  test('merging moves all faces and removes the first person', async () => {
    const a = await store.people.addPerson('a', [newFace(1), newFace(2)]);
    const b = await store.people.addPerson('b', [newFace(3)]);
    await store.people.mergePeople(a.id, b.id);
    expect(await store.people.list()).toEqual([b]);
    expect(marks(await store.people.facesOf(b.id))).toEqual([1, 2, 3]);
    await store.people.mergePeople(b.id, b.id);
    expect(await store.people.list()).toEqual([b]);
  });

  test('moving faces is all or nothing', async () => {
    const a = await store.people.addPerson('a', [newFace(1), newFace(2)]);
    const b = await store.people.addPerson('b', []);
    const [first, second] = await store.people.facesOf(a.id);
    await expect(store.people.moveFaces([first!.id, 'missing'], b.id)).rejects.toMatchObject({
      code: 'store/not-found',
    });
    expect(await store.people.facesOf(b.id)).toEqual([]);
    await store.people.moveFaces([first!.id, second!.id], b.id);
    expect(await store.people.facesOf(a.id)).toEqual([]);
    expect(marks(await store.people.facesOf(b.id))).toEqual([1, 2]);
  });

  test('what was removed can be restored', async () => {
    const person = await store.people.addPerson('a', [newFace(1), newFace(2)]);
    const faces = await store.people.facesOf(person.id);
    await store.people.removePerson(person.id);
    expect(await store.people.list()).toEqual([]);
    expect(await store.people.faces()).toEqual([]);
    await store.people.restore([person], faces);
    expect(await store.people.list()).toEqual([person]);
    expect(marks(await store.people.facesOf(person.id))).toEqual([1, 2]);

    await store.people.removeFaces([faces[0]!.id]);
    expect(await store.people.faces()).toHaveLength(1);
    await store.people.restore([], [faces[0]!]);
    expect(marks(await store.people.faces())).toEqual([1, 2]);
  });

  test('a restore that would give two people one name changes nothing', async () => {
    const old = await store.people.addPerson('a', [newFace(1)]);
    const faces = await store.people.facesOf(old.id);
    await store.people.removePerson(old.id);
    const other = await store.people.addPerson('A', []);
    await expect(store.people.restore([old], faces)).rejects.toMatchObject({ code: 'store/duplicate-name' });
    expect(await store.people.list()).toEqual([other]);
    expect(await store.people.faces()).toEqual([]);
  });

  test('embeddings are replaced; one of a face removed meanwhile is left out', async () => {
    const person = await store.people.addPerson('a', [newFace(1)]);
    const [face] = await store.people.facesOf(person.id);
    const embedding = { modelId: 'dlib', vector: new Float32Array([5]) };
    await store.people.setEmbeddings(
      new Map([
        [face!.id, embedding],
        ['gone', embedding],
      ]),
    );
    const [after] = await store.people.faces();
    expect(after!.embedding).toEqual(embedding);
    expect([...new Uint8Array(await after!.crop.picture.arrayBuffer())]).toEqual([1, 2, 3]);
  });

  test('cohort means join the embeddings of their model; faces of another model by now, or gone, are skipped', async () => {
    const person = await store.people.addPerson('a', [newFace(1), newFace(2)]);
    const [first, second] = await store.people.facesOf(person.id);
    await store.people.setEmbeddings(new Map([[second!.id, { modelId: 'dlib', vector: new Float32Array([5]) }]]));
    const cohortMean = { cohort: 'c', mean: 0.25 };
    const means = new Map([first!.id, second!.id, 'gone'].map((id) => [id, cohortMean]));
    await store.people.setCohortMeans('facenet', means);
    const after = new Map((await store.people.faces()).map(({ id, embedding }) => [id, embedding]));
    expect(after.get(first!.id)).toEqual({ ...first!.embedding, cohortMean });
    expect(after.get(second!.id)).toEqual({ modelId: 'dlib', vector: new Float32Array([5]) });
    expect(after.size).toBe(2);
  });

  test('the samples leave together: people of samples alone, and the sample faces of others', async () => {
    const sample = await store.people.addPerson('sample', [newFace(1, 'sample'), newFace(2, 'sample')]);
    const mixed = await store.people.addPerson('mixed', [newFace(3, 'sample'), newFace(4, 'camera')]);
    const empty = await store.people.addPerson('empty', []);
    await store.people.removeSamples();
    expect((await store.people.list()).map(({ id }) => id).sort()).toEqual([mixed.id, empty.id].sort());
    expect(marks(await store.people.faces())).toEqual([4]);
    expect(await store.people.facesOf(sample.id)).toEqual([]);
  });

  test('gives the embedded model of today to who had chosen the one of before', async () => {
    await store.settings.save({ model: 'dlib-resnet-v1' });
    expect((await store.settings.read()).model).toBe('mobilefacenet-192');
  });

  test('settings have defaults and keep what is changed', async () => {
    expect(await store.settings.read()).toEqual({
      model: null,
      backend: 'auto',
      precision: 'auto',
      far: null,
      mirrorCamera: true,
      cameraId: null,
    });
    await store.settings.save({ backend: 'wasm' });
    expect(await store.settings.save({ far: 0.01 })).toMatchObject({ backend: 'wasm', far: 0.01 });
    expect(await store.settings.read()).toMatchObject({ backend: 'wasm', far: 0.01, mirrorCamera: true });
  });

  test('every write is reported once, after it is done, until unsubscribed; a refused one is not', async () => {
    const counts: Promise<number>[] = [];
    const callback = vi.fn(() => counts.push(store.people.list().then((people) => people.length)));
    const unsubscribe = store.people.onChange(callback);
    await store.people.addPerson('a', []);
    expect(callback).toHaveBeenCalledTimes(1);
    expect(await Promise.all(counts)).toEqual([1]);
    await expect(store.people.addPerson('a', [])).rejects.toThrow();
    expect(callback).toHaveBeenCalledTimes(1);
    unsubscribe();
    await store.people.addPerson('b', []);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  test('a write is reported to the listeners of what it changed, and to no others', async () => {
    let heard: Topic[] = [];
    for (const topic of ['people', 'settings', 'photos', 'training'] as const)
      store[topic].onChange((elsewhere) => {
        expect(elsewhere).toBe(false);
        heard.push(topic);
      });
    const during = async (write: () => Promise<unknown>) => {
      heard = [];
      await write();
      return heard;
    };
    expect(await during(() => store.settings.save({ mirrorCamera: false }))).toEqual(['settings']);
    expect(await during(() => store.people.addPerson('a', [newFace(1)]))).toEqual(['people']);
    expect(await during(() => store.photos.putFolder(FOLDER))).toEqual(['photos']);
    expect(await during(() => store.photos.savePhoto(photo('a.jpg'), null, [photoFace(1)]))).toEqual(['photos']);
    expect(await during(() => store.training.saveRun(newRun('a')))).toEqual(['training']);
    expect(await during(() => store.training.sink('a').save(checkpoint(1)))).toEqual([]);
    expect(await during(() => store.photos.setGroupedBy('all of them'))).toEqual([]);
  });

  test('writes at the same time do not lose one another', async () => {
    const { id } = await store.people.addPerson('a', []);
    const results = await Promise.allSettled([
      store.people.addFaces(id, [newFace(1)]),
      store.people.addFaces(id, [newFace(2)]),
      store.people.addPerson('b', []),
      store.people.addPerson('B', []),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(marks(await store.people.faces())).toEqual([1, 2]);
    expect(await store.people.list()).toHaveLength(2);
  });
}
