import { describe, expect, test, vi } from 'vitest';
import type { PhotoStore } from '../../../src/store/photoSchema';
import { describePhotoStore, FOLDER, photo, photoFace } from '../../unit/store/photoStoreBehaviour';
import { withRoom } from '../quota';
import { newName, oldDatabase, open } from './opened';

describe('in IndexedDB', () => {
  describePhotoStore(async () => (await open()).photos);

  test('a folder’s handle and its pictures are there when the page comes back', async () => {
    const name = newName();
    const handle = await navigator.storage.getDirectory();
    const store = await open(name);
    await store.photos.putFolder({ ...FOLDER, kind: 'handle', handle });
    await store.photos.savePhoto(photo('a.jpg'), null, [photoFace(1)]);
    store.close();
    const again = (await open(name)).photos;
    const [folder] = await again.folders();
    expect(await folder!.handle!.isSameEntry(handle)).toBe(true);
    expect(await again.faces()).toHaveLength(1);
  });

  test('no room for a picture: store/full, what was known of it stays, and it is saved once there is room', async () => {
    const name = newName();
    const noise = crypto.getRandomValues(new Uint8Array(60_000));
    const big = new Blob(
      Array.from({ length: 100 }, () => noise),
      { type: 'image/jpeg' },
    );
    const large = { ...photoFace(2), crop: { ...photoFace(2).crop, picture: big } };
    const save = async (store: PhotoStore) =>
      store.savePhoto({ ...photo('a.jpg'), size: 11 }, null, [photoFace(3), large]);
    await withRoom(2_000_000, async () => {
      const store = (await open(name)).photos;
      await store.putFolder(FOLDER);
      const [known] = await store.savePhoto(photo('a.jpg'), null, [photoFace(1)]);
      await expect(save(store)).rejects.toMatchObject({ code: 'store/full' });
      expect(await store.photos()).toMatchObject([{ size: 10 }]);
      expect(await store.faces()).toEqual([known]);
      expect(await store.crop(known!.id)).not.toBeNull();
    });
    const store = (await open(name)).photos;
    await save(store);
    expect(await store.faces()).toHaveLength(2);
  });

  test('another tab hears of a write', async () => {
    const name = newName();
    const [a, b] = [(await open(name)).photos, (await open(name)).photos];
    const heard = vi.fn();
    b.onChange(heard);
    await a.putFolder(FOLDER);
    await vi.waitFor(() => expect(heard).toHaveBeenCalledWith(true));
  });
});

test('a version-3 database keeps its people, and gets the photo library', async () => {
  const { photos, people } = await open(
    await oldDatabase(3, (put) => put('people', { id: 'p', name: 'Ada', createdAt: 1 })),
  );
  await photos.savePhoto(photo('a.jpg'), null, [photoFace(1)]);
  expect(await photos.faces()).toHaveLength(1);
  expect(await people.list()).toMatchObject([{ name: 'Ada' }]);
});

test('a version-4 database keeps its pictures, whose content is not known yet; names that look alike are numbered', async () => {
  const { id, folderId, path, size, modified, takenAt, width, height, error } = photo('a.jpg');
  const rest = { id, folderId, path, size, modified, takenAt, width, height, error };
  const { box, score, quality, group } = photoFace(1);
  const name = await oldDatabase(4, (put) => {
    put('photoFolders', { ...FOLDER, turned: true });
    put('photos', rest);
    const face = { box, score, quality, group };
    put('photoFaces', { ...face, id: 'face', photoId: 'f/a.jpg', personId: 'p', confirmed: true });
    put('people', { id: 'p', name: 'Ada', createdAt: 1 });
    put('people', { id: 'q', name: 'A\u200bda', createdAt: 2 });
  });
  const { photos, people } = await open(name);
  expect(await photos.photos()).toEqual([{ ...rest, sha256: null, lookedTurned: false }]);
  expect(await photos.faces()).toMatchObject([{ id: 'face', personId: 'p', confirmed: true }]);
  expect((await people.list()).map((person) => person.name)).toEqual(['Ada', 'A\u200bda (2)']);
});

test('a version-5 database keeps its pictures, and the faces that have no cohort mean yet are found', async () => {
  const { embedding } = photoFace(1);
  const name = await oldDatabase(5, (put) => {
    put('photos', photo('a.jpg'));
    for (const id of ['x', 'y']) put('photoVectors', { id, embedding });
  });
  const { photos } = await open(name);
  expect(await photos.photos()).toEqual([photo('a.jpg')]);
  expect(await photos.facesWithoutMean('c')).toEqual(['x', 'y']);
  const cohortMean = { cohort: 'c', mean: 0.1 };
  await photos.setCohortMeans('m', new Map([['x', cohortMean]]));
  expect(await photos.facesWithoutMean('c')).toEqual(['y']);
  expect(await photos.embeddings()).toEqual(
    new Map([
      ['x', { ...embedding, cohortMean }],
      ['y', embedding],
    ]),
  );
});
