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
    heldOut: [{ crop: crop('thrée', 1), label: 1 }],
    impostors: [],
  };
  const back = (await unpackPictures(packPictures({ sets }))).sets;
  for (const set of ['train', 'heldOut', 'impostors'] as const) {
    expect(back[set].map(({ crop: { scale, detection }, label }) => ({ scale, detection, label }))).toEqual(
      sets[set].map(({ crop: { scale, detection }, label }) => ({ scale, detection, label })),
    );
    const texts = (all: readonly { readonly crop: StoredCrop }[]) =>
      Promise.all(all.map(({ crop }) => crop.picture.text()));
    expect(await texts(back[set])).toEqual(await texts(sets[set]));
    expect(back[set].every(({ crop }) => crop.picture.type === 'image/jpeg')).toBe(true);
  }
});

test('a file of an earlier version, whose sets had other names, is still read', async () => {
  const { detection, scale } = crop('', 1);
  const entry = (label: number, size: number) => ({ detection, scale, label, size, type: 'image/jpeg' });
  const index = new Blob([JSON.stringify({ train: [entry(0, 1)], held: [entry(1, 2)], outsiders: [entry(2, 3)] })]);
  const length = new Uint8Array(new Uint32Array([index.size, 0]).buffer);
  const { sets } = await unpackPictures(new Blob([length, index, 'abbccc']));
  const read = async (set: keyof typeof sets) => [sets[set][0]!.label, await sets[set][0]!.crop.picture.text()];
  expect(await read('train')).toEqual([0, 'a']);
  expect(await read('heldOut')).toEqual([1, 'bb']);
  expect(await read('impostors')).toEqual([2, 'ccc']);
});
