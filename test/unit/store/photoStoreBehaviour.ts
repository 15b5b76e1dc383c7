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
    sha256: null,
    takenAt: 5,
    width: 4,
    height: 3,
    lookedTurned: false,
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

  test('faces leave their pictures with crops and numbers, and come back to pictures that are still there', async () => {
    const [gone, stays] = await store.savePhoto(photo('a.jpg'), new Blob(['x']), [photoFace(1), photoFace(2)]);
    const [other] = await store.savePhoto(photo('b.jpg'), null, [photoFace(3)]);
    const taken = await store.removeFaces([gone!.id, other!.id, 'none']);
    expect(taken.map(({ face }) => face.id)).toEqual([gone!.id, other!.id]);
    expect(await store.faces()).toEqual([stays]);
    expect([...(await store.embeddings()).keys()]).toEqual([stays!.id]);
    expect(await store.crop(gone!.id)).toBeNull();
    expect(await store.photos()).toHaveLength(2);
    await store.removePhotos(['f/b.jpg']);
    await store.restoreFaces(taken);
    expect((await store.faces()).map(({ id }) => id).sort()).toEqual([gone!.id, stays!.id].sort());
    expect((await store.embeddings()).get(gone!.id)!.vector[0]).toBe(1);
    expect([...new Uint8Array(await (await store.crop(gone!.id))!.picture.arrayBuffer())]).toEqual([1]);
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
    const assignment = { personId: 'p', confirmed: true, group: null };
    await store.assign(
      new Map([
        [face!.id, assignment],
        ['gone', assignment],
      ]),
    );
    expect(await store.faces()).toEqual([{ ...face, ...assignment }]);
    const embedding = { modelId: 'other', vector: new Float32Array([9]) };
    await store.setEmbeddings(
      new Map([
        [face!.id, embedding],
        ['gone', embedding],
      ]),
    );
    expect(await store.embeddings()).toEqual(new Map([[face!.id, embedding]]));
  });

  test('cohort means join the embeddings of their model, and faces without one are found', async () => {
    const cohortMean = { cohort: 'c', mean: 0.25 };
    const withMean = { ...photoFace(3), embedding: { ...photoFace(3).embedding, cohortMean } };
    const faces = [photoFace(1), { ...photoFace(2), embedding: { modelId: 'n', vector: new Float32Array([9]) } }];
    const [one, other, has] = (await store.savePhoto(photo('a.jpg'), null, [...faces, withMean])).map(({ id }) => id);
    expect((await store.facesWithoutMean('c')).sort()).toEqual([one!, other!].sort());
    expect(await store.facesWithoutMean('d')).toHaveLength(3);
    await store.setCohortMeans('m', new Map([one!, other!, 'gone'].map((id) => [id, cohortMean])));
    expect(await store.facesWithoutMean('c')).toEqual([other]);
    expect(await store.embeddingsOf([one!, has!, 'gone'])).toEqual(
      new Map([
        [one, { ...photoFace(1).embedding, cohortMean }],
        [has, withMean.embedding],
      ]),
    );
    expect((await store.embeddings()).size).toBe(3);
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

  test('faces that were known before keep id and name when their picture is looked at again', async () => {
    const [a, b] = await store.savePhoto(photo('a.jpg'), null, [photoFace(1), photoFace(2)]);
    const named = { personId: 'p', confirmed: true, group: null };
    await store.assign(new Map([[b!.id, named]]));
    const saved = await store.savePhoto(photo('a.jpg'), null, [photoFace(3), photoFace(4)], (known, fresh) => {
      expect(known.map(({ face, embedding }) => [face.id, embedding!.vector[0]]).sort()).toEqual(
        [[a!.id, 1], [b!.id, 2]].sort(), // prettier-ignore
      );
      expect(fresh).toHaveLength(2);
      return new Map([[0, known.find(({ face }) => face.id === b!.id)!.face]]);
    });
    expect(saved[0]).toMatchObject({ id: b!.id, ...named, box: photoFace(3).box });
    expect(saved[1]).toMatchObject({ personId: null, box: photoFace(4).box });
    expect(saved[1]!.id).not.toBe(a!.id);
    expect((await store.faces()).map(({ id }) => id).sort()).toEqual(saved.map(({ id }) => id).sort());
    expect((await store.embeddings()).get(b!.id)!.vector[0]).toBe(3);
    expect([...new Uint8Array(await (await store.crop(b!.id))!.picture.arrayBuffer())]).toEqual([3]);
  });

  test('pictures change places with all that is known of them; copies have faces of their own', async () => {
    const [a] = await store.savePhoto(photo('a.jpg'), new Blob(['a']), [photoFace(1)]);
    const [b] = await store.savePhoto(photo('b.jpg'), new Blob(['bb']), [photoFace(2)]);
    const moves = [
      { from: 'f/a.jpg', to: photo('b.jpg') },
      { from: 'f/b.jpg', to: photo('a.jpg') },
      { from: 'f/none.jpg', to: photo('c.jpg') },
    ];
    expect(await store.movePhotos(moves)).toEqual(moves.slice(0, 2));
    const placeOf = async () => new Map((await store.faces()).map(({ id, photoId }) => [id, photoId]));
    expect(await placeOf()).toEqual(new Map([[a!.id, 'f/b.jpg'], [b!.id, 'f/a.jpg']])); // prettier-ignore
    expect((await store.thumbnail('f/b.jpg'))!.size).toBe(1);
    expect((await store.photos()).map(({ id }) => id).sort()).toEqual(['f/a.jpg', 'f/b.jpg']);

    await store.copyPhotos([{ from: 'f/a.jpg', to: photo('c.jpg') }]);
    const faces = await store.faces();
    const copy = faces.find(({ photoId }) => photoId === 'f/c.jpg')!;
    expect(faces).toHaveLength(3);
    expect(copy.id).not.toBe(b!.id);
    expect((await store.embeddings()).get(copy.id)!.vector[0]).toBe(2);
    expect([...new Uint8Array(await (await store.crop(copy.id))!.picture.arrayBuffer())]).toEqual([2]);
    expect((await store.thumbnail('f/c.jpg'))!.size).toBe(2);
  });

  test('pictures that were taken out come back as they were', async () => {
    const [face] = await store.savePhoto(photo('a.jpg'), new Blob(['a']), [photoFace(1)]);
    await store.assign(new Map([[face!.id, { personId: 'p', confirmed: true, group: null }]]));
    const before = [await store.photos(), await store.faces(), await store.embeddings()];
    const removed = await store.removePhotos(['f/a.jpg', 'f/none.jpg']);
    expect([await store.photos(), await store.faces(), await store.crop(face!.id)]).toEqual([[], [], null]);
    expect(await store.thumbnail('f/a.jpg')).toBeNull();
    await store.movePhotos(removed.map((stored) => ({ from: stored, to: stored.photo })));
    expect([await store.photos(), await store.faces(), await store.embeddings()]).toEqual(before);
    expect((await store.thumbnail('f/a.jpg'))!.size).toBe(1);
    expect(await store.crop(face!.id)).not.toBeNull();
  });

  test('what the faces were grouped by is kept', async () => {
    expect(await store.groupedBy()).toBeNull();
    await store.setGroupedBy('1');
    await store.setGroupedBy('2');
    expect(await store.groupedBy()).toBe('2');
  });

  test('a record changes, its faces stay; one that is gone does not come back', async () => {
    const [face] = await store.savePhoto(photo('a.jpg'), null, [photoFace(1)]);
    await store.updatePhotos([{ ...photo('a.jpg'), modified: 9 }, photo('gone.jpg')]);
    expect(await store.photos()).toEqual([{ ...photo('a.jpg'), modified: 9 }]);
    expect(await store.faces()).toEqual([face]);
  });
}
