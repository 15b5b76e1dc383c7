import { expect, test } from 'vitest';
import { pictureHashes, readCrop, PictureSets } from '../../../../src/service/train/pictureSets';

/** A face of one colour from top to bottom: red falls from 200 at the left to 0 at the right. */
function slope(size: number) {
  const data = Uint8Array.from({ length: size * size * 3 }, (_, i) =>
    i % 3 === 0 ? Math.round(200 * (1 - ((i / 3) % size) / (size - 1))) : 50,
  );
  return { size, data };
}

test('pixels of the network’s size, or with the room of random crops, are taken as they are', async () => {
  for (const size of [100, 114]) {
    const picture = slope(size);
    const crop = await readCrop(picture, { size: 100, roomy: false }, 'x');
    expect(crop.size).toBe(size);
    expect([...crop.data]).toEqual([...picture.data]);
  }
});

test.each([
  [50, 100],
  [400, 114], // 100 × 182 / 160, rounded
])('a face of %d pixels becomes %d for a network of 100', async (from, to) => {
  const { size, data } = await readCrop(slope(from), { size: 100, roomy: false }, 'x');
  expect(size).toBe(to);
  expect(data.length).toBe(to * to * 3);
  expect(data.every(Number.isInteger)).toBe(true);
  // The middle of the slope stays its middle; green and blue stay what they are.
  const middle = 3 * (to * Math.floor(to / 2) + Math.floor(to / 2));
  expect(Math.abs(data[middle]! - 100)).toBeLessThan(5);
  expect([data[middle + 1], data[middle + 2]]).toEqual([50, 50]);
});

test('sets are apart; equal pictures have equal hashes, whatever they are made of', async () => {
  const data = new PictureSets();
  expect(await data.add('train', [slope(20), slope(20), slope(21)], [0, 0, 1])).toEqual([]);
  expect(await data.add('heldOut', [slope(20)], [0])).toEqual([]);
  expect([...data.labels('train')]).toEqual([0, 0, 1]);
  const [a, b, c] = await pictureHashes(data.pictures('train'));
  expect(a).toBe(b);
  expect(c).not.toBe(a);
  expect(await pictureHashes([new Blob([slope(20).data])])).toEqual([a]);
  data.clear('train');
  expect([data.pictures('train').length, data.pictures('heldOut').length]).toEqual([0, 1]);
});

test('hashing a large set has only few of its pictures in memory at a time', async () => {
  let [reading, most] = [0, 0];
  class Watched extends Blob {
    override async arrayBuffer(): Promise<ArrayBuffer> {
      most = Math.max(most, ++reading);
      const bytes = await super.arrayBuffer();
      reading--;
      return bytes;
    }
  }
  const pictures = Array.from({ length: 200 }, (_, i) => new Watched([`picture ${i % 100}`]));
  const hashes = await pictureHashes(pictures);
  expect(most).toBeLessThanOrEqual(32);
  expect(new Set(hashes).size).toBe(100);
  expect(hashes.slice(0, 100)).toEqual(hashes.slice(100));
});
