import { expect, test } from 'vitest';
import type { StoredCrop } from '../../../src/core/types';
import { packPictures, unpackPictures } from '../../../src/store/trainPictures';

const point = { x: 1, y: 2 };
const crop = (text: string, scale: number): StoredCrop => ({
  picture: new Blob([text], { type: 'image/jpeg' }),
  scale,
  detection: { box: { x0: 0, y0: 1, x1: 2, y1: 3 }, score: 0.9, points: [point, point, point, point, point] },
});

test('a run’s pictures come back as they were, each with its face and its label', async () => {
  const sets = {
    train: [
      { crop: crop('one', 1), label: 0 },
      { crop: crop('', 0.5), label: 1 },
    ],
    held: [{ crop: crop('thrée', 1), label: 1 }],
    outsiders: [],
  };
  const back = (await unpackPictures(packPictures({ sets }))).sets;
  for (const set of ['train', 'held', 'outsiders'] as const) {
    expect(back[set].map(({ crop: { scale, detection }, label }) => ({ scale, detection, label }))).toEqual(
      sets[set].map(({ crop: { scale, detection }, label }) => ({ scale, detection, label })),
    );
    const texts = (all: readonly { readonly crop: StoredCrop }[]) =>
      Promise.all(all.map(({ crop }) => crop.picture.text()));
    expect(await texts(back[set])).toEqual(await texts(sets[set]));
    expect(back[set].every(({ crop }) => crop.picture.type === 'image/jpeg')).toBe(true);
  }
});
