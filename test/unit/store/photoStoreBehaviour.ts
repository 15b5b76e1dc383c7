import { beforeEach, expect, test } from 'vitest';
import type { NewPhotoFace, PhotoFolder, PhotoRecord, PhotoStore } from '../../../src/store/photoSchema';

export const FOLDER: PhotoFolder = {
  id: 'f',
  name: '<b>Holiday</b>',
  kind: 'given',
  turned: false,
  unfinished: true,
  createdAt: 1,
};

export function photo(path: string, folderId = 'f'): PhotoRecord {
  return {
    id: `${folderId}/${path}`,
    folderId,
    path,
    size: 10,
    modified: 5,
    takenAt: 5,
    width: 4,
    height: 3,
    error: null,
  };
}

export function photoFace(mark: number): NewPhotoFace {
  const point = { x: mark, y: 1 };
  return {
    box: { x0: mark, y0: 0, x1: mark + 1, y1: 1 },
    score: 0.9,
    quality: { size: 50, sharpness: 100, brightness: 90 },
    personId: null,
    confirmed: false,
    group: null,
    embedding: { modelId: 'm', vector: new Float32Array([mark, 1]) },
    crop: {
      picture: new Blob([new Uint8Array([mark])], { type: 'image/jpeg' }),
      scale: 1,
      detection: { box: { x0: 0, y0: 0, x1: 1, y1: 1 }, score: 0.9, points: [point, point, point, point, point] },
    },
  };
}

/** What every photo library does, wherever it keeps its rows. */
export function describePhotoStore(open: () => Promise<PhotoStore>): void {
  let store: PhotoStore;
  beforeEach(async () => {
    store = await open();
    await store.putFolder(FOLDER);
  });

  test('a picture with its faces, numbers, crops and thumbnail comes back as it was given', async () => {
    const thumbnail = new Blob([new Uint8Array([7, 8])], { type: 'image/jpeg' });
    const saved = await store.savePhoto(photo('a.jpg'), thumbnail, [photoFace(1), photoFace(2)]);
    expect(await store.folders()).toEqual([FOLDER]);
    expect(await store.photos()).toEqual([photo('a.jpg')]);
    expect((await store.faces()).map(({ id }) => id).sort()).toEqual(saved.map(({ id }) => id).sort());
    const embeddings = await store.embeddings();
    expect(saved.map(({ id }) => embeddings.get(id)!.vector[0])).toEqual([1, 2]);
    const crop = await store.crop(saved[1]!.id);
    expect([...new Uint8Array(await crop!.picture.arrayBuffer())]).toEqual([2]);
    const { picture, ...rest } = photoFace(2).crop;
    expect(picture.type).toBe(crop!.picture.type);
    expect(crop).toMatchObject(rest);
    expect([...new Uint8Array(await (await store.thumbnail('f/a.jpg'))!.arrayBuffer())]).toEqual([7, 8]);
    expect(await store.thumbnail('f/b.jpg')).toBeNull();
    expect(await store.crop('none')).toBeNull();
  });

  test('a picture that has changed takes the place of what was known of it', async () => {
    const [old] = await store.savePhoto(photo('a.jpg'), new Blob(['x']), [photoFace(1)]);
    await store.savePhoto({ ...photo('a.jpg'), size: 11 }, null, [photoFace(3)]);
    expect(await store.photos()).toMatchObject([{ size: 11 }]);
    expect(await store.faces()).toHaveLength(1);
    expect([...(await store.embeddings()).values()].map(({ vector }) => vector[0])).toEqual([3]);
    expect(await store.crop(old!.id)).toBeNull();
    expect(await store.thumbnail('f/a.jpg')).toBeNull();
  });

  test('who faces are is kept; faces that are gone are passed over', async () => {
    const [face] = await store.savePhoto(photo('a.jpg'), null, [photoFace(1)]);
    const belonging = { personId: 'p', confirmed: true, group: null };
    await store.assign(
      new Map([
        [face!.id, belonging],
        ['gone', belonging],
      ]),
    );
    expect(await store.faces()).toEqual([{ ...face, ...belonging }]);
    const embedding = { modelId: 'other', vector: new Float32Array([9]) };
    await store.setEmbeddings(
      new Map([
        [face!.id, embedding],
        ['gone', embedding],
      ]),
    );
    expect(await store.embeddings()).toEqual(new Map([[face!.id, embedding]]));
  });

  test('a folder leaves with all that came from it, and with nothing else', async () => {
    await store.putFolder({ ...FOLDER, id: 'g', createdAt: 2 });
    await store.savePhoto(photo('a.jpg'), new Blob(['x']), [photoFace(1)]);
    const [kept] = await store.savePhoto(photo('a.jpg', 'g'), new Blob(['y']), [photoFace(2)]);
    await store.removeFolder('f');
    expect((await store.folders()).map(({ id }) => id)).toEqual(['g']);
    expect((await store.photos()).map(({ id }) => id)).toEqual(['g/a.jpg']);
    expect((await store.faces()).map(({ id }) => id)).toEqual([kept!.id]);
    expect([...(await store.embeddings()).keys()]).toEqual([kept!.id]);
    expect(await store.thumbnail('f/a.jpg')).toBeNull();
    expect(await store.thumbnail('g/a.jpg')).not.toBeNull();
  });
}
