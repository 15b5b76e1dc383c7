import { expect, test } from 'vitest';
import { PictureSets, readCrop, type PixelCrop } from '../../../../src/service/train/pictureSets';

/** A square or oblong picture file of many colours. */
async function pictureFile(width: number, height = width): Promise<File> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  const slope = context.createLinearGradient(0, 0, width, height);
  slope.addColorStop(0, '#f60');
  slope.addColorStop(1, '#06f');
  context.fillStyle = slope;
  context.fillRect(0, 0, width, height);
  return new File([await canvas.convertToBlob({ type: 'image/png' })], `${width}.png`);
}

test('files are decoded when they are added, and give the same crops as when they are decoded later', async () => {
  const files = await Promise.all([160, 170, 182, 300, 40].map((size) => pictureFile(size)));
  const url = URL.createObjectURL(files[1]!);
  const data = new PictureSets();
  expect(await data.add('train', [...files, { url, name: 'by address' }], [0, 1, 2, 3, 4, 5])).toEqual([]);
  const pictures = data.pictures('train');
  expect(pictures.map((picture) => (picture as PixelCrop).size)).toEqual([160, 170, 182, 300, 40, 170]);
  for (const [i, file] of [...files, files[1]!].entries()) {
    const later = await readCrop(file, { size: 160, roomy: false }, 'later');
    const now = await readCrop(pictures[i]!, { size: 160, roomy: false }, 'now');
    expect(now).toEqual(later);
  }
  const oblong = await pictureFile(180, 170);
  await data.add('heldOut', [oblong], [0]);
  expect(data.pictures('heldOut')).toEqual([oblong]);
});

test('files that cannot be read are left out with their labels, and named with the reason', async () => {
  const data = new PictureSets();
  const pictures = [
    new File(['text'], 'notes.png'),
    await pictureFile(160),
    { url: 'http://127.0.0.1:9/a.png', name: 'a.png' },
  ];
  expect(await data.add('train', pictures, [0, 1, 2])).toMatchObject([
    { index: 0, code: 'image/unreadable', details: { name: 'notes.png' } },
    { index: 2, code: 'image/not-opened', details: { name: 'a.png' } },
  ]);
  expect([...data.labels('train')]).toEqual([1]);
});
