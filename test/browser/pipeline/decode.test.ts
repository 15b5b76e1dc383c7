import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/core/errors';
import type { Frame, RgbaImage } from '../../../src/core/types';
import { decodePicture } from '../../../src/pipeline/decode';
import { withOrientation } from '../../fixtures/exif';
import { sampleBlob } from './support';

const urls = import.meta.glob<string>('../../fixtures/pictures/*.{jpg,png,gif,webp,avif,bmp}', {
  eager: true,
  query: '?url',
  import: 'default',
});

async function fixture(name: string): Promise<Blob> {
  return (await fetch(urls[`../../fixtures/pictures/${name}`]!)).blob();
}

async function bytesOf(name: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fixture(name)).arrayBuffer());
}

const open: Frame[] = [];
afterEach(() => {
  for (const frame of open.splice(0)) frame.close();
});
async function decode(source: Parameters<typeof decodePicture>[0], name = 'it'): Promise<Frame> {
  const frame = await decodePicture(source, name);
  open.push(frame);
  return frame;
}

function blob(bytes: Uint8Array): Blob {
  return new Blob([bytes as Uint8Array<ArrayBuffer>]);
}

/** Mean absolute difference of R, G and B, 0–255, of two pictures of the same size. */
function difference(a: RgbaImage, b: RgbaImage): number {
  expect([b.width, b.height]).toEqual([a.width, a.height]);
  let sum = 0;
  for (let i = 0; i < a.data.length; i += 4) for (let c = i; c < i + 3; c++) sum += Math.abs(a.data[c]! - b.data[c]!);
  return sum / ((a.data.length / 4) * 3);
}

let base: RgbaImage;
beforeAll(async () => {
  const frame = await decodePicture(await fixture('base.jpg'), 'base');
  base = frame.reduced(1000);
  frame.close();
});

describe('pictures that can be read', () => {
  test.each(['base.jpg', 'cmyk.jpg', 'restarts.jpg', 'progressive.jpg'])(
    '%s without its end marker, or with a maker’s data in its place, shows what it shows with it',
    async (name) => {
      const bytes = await bytesOf(name);
      const expected = (await decode(blob(bytes))).reduced(1000);
      for (const trailer of [[], [0, 0, 1, 10, 0xff, 0, 0x53, 0x45, 0x46, 0x54]]) {
        const frame = await decode(blob(Uint8Array.from([...bytes.subarray(0, -2), ...trailer])));
        expect(difference(frame.reduced(1000), expected)).toBe(0);
      }
    },
  );

  test.each([
    ['an ordinary JPEG', 'base.jpg', 128, 160, 0],
    ['a CMYK JPEG', 'cmyk.jpg', 128, 160, 12],
    ['a paletted PNG', 'png-paletted.png', 128, 160, 10],
    ['a WebP', 'still.webp', 128, 160, 6],
    ['an AVIF', 'still.avif', 128, 160, 8],
  ])('%s shows what was drawn', async (_, name, width, height, within) => {
    const frame = await decode(await fixture(name));
    expect([frame.width, frame.height]).toEqual([width, height]);
    expect(difference(base, frame.reduced(1000))).toBeLessThanOrEqual(within);
  });

  test.each([
    ['a 16-bit PNG', 'png-16bit.png', 80, 100],
    ['the first frame of an animated GIF', 'animated.gif', 96, 120],
    ['a BMP', 'small.bmp', 64, 80],
  ])('%s is the same picture, smaller', async (_, name, width, height) => {
    const frame = await decode(await fixture(name));
    expect([frame.width, frame.height]).toEqual([width, height]);
    const bitmap = await createImageBitmap(await fixture('base.jpg'), {
      resizeWidth: width,
      resizeHeight: height,
      resizeQuality: 'high',
    });
    const expected = (await decode(bitmap)).reduced(1000);
    expect(difference(expected, frame.reduced(1000))).toBeLessThan(9);
  });

  test('transparent parts are white, everything else is opaque', async () => {
    const frame = await decode(await fixture('png-alpha.png'));
    const { data, width } = frame.reduced(1000);
    expect([...data.subarray(0, 4)]).toEqual([255, 255, 255, 255]);
    const middle = (60 * width + 48) * 4;
    expect(data[middle]!).toBeLessThan(250);
    expect(data[middle + 3]).toBe(255);
  });

  test('bare pixels that are half transparent are laid over white', async () => {
    const data = new Uint8ClampedArray(20 * 20 * 4);
    for (let i = 0; i < data.length; i += 4) data.set([100, 0, 200, 128], i);
    const frame = await decode({ width: 20, height: 20, data });
    const [r, g, b, a] = frame.region({ x0: 3, y0: 3, x1: 4, y1: 4 }).data;
    expect([r, g, b, a]).toEqual([177, 127, 227, 255]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i is applied', async (orientation) => {
    const frame = await decode(blob(withOrientation(await bytesOf('base.jpg'), orientation)));
    const turned = frame.reduced(1000);
    const sideways = orientation >= 5;
    expect([frame.width, frame.height]).toEqual(sideways ? [160, 128] : [128, 160]);
    // Where the picture's point (x, y) lies in the stored pixels, by EXIF's own definition.
    const { width: w, height: h } = base;
    const stored = (x: number, y: number): [number, number] =>
      (
        [
          [x, y],
          [w - 1 - x, y],
          [w - 1 - x, h - 1 - y],
          [x, h - 1 - y],
          [y, x],
          [y, h - 1 - x],
          [w - 1 - y, h - 1 - x],
          [w - 1 - y, x],
        ] as const
      )[orientation - 1]!.slice() as [number, number];
    let worst = 0;
    for (let y = 0; y < turned.height; y += 3)
      for (let x = 0; x < turned.width; x += 3) {
        const [sx, sy] = stored(x, y);
        for (let c = 0; c < 3; c++) {
          const got = turned.data[(y * turned.width + x) * 4 + c]!;
          worst = Math.max(worst, Math.abs(got - base.data[(sy * w + sx) * 4 + c]!));
        }
      }
    expect(worst).toBeLessThanOrEqual(1);
  });

  test('bitmaps and video frames are taken too, and closed with the frame', async () => {
    const bitmap = await createImageBitmap(await fixture('base.jpg'));
    const frame = await decodePicture(bitmap, 'bitmap');
    expect(difference(base, frame.reduced(1000))).toBeLessThan(1);
    frame.close();
    expect(bitmap.width).toBe(0);

    const again = await createImageBitmap(await fixture('base.jpg'));
    const video = new VideoFrame(again, { timestamp: 0 });
    again.close();
    const live = await decodePicture(video, 'video');
    expect(difference(base, live.reduced(1000))).toBeLessThan(4);
    live.close();
    expect(video.format).toBeNull();
  });
});

describe('a picture of 12,000 × 9,000', () => {
  test('is reduced by averaging, and its regions come at full size', { timeout: 120_000 }, async () => {
    const sample = await createImageBitmap(await sampleBlob('expedition-1-crew.jpg'));
    const canvas = new OffscreenCanvas(12_000, 9000);
    canvas.getContext('2d')!.drawImage(sample, 0, 0, 12_000, 9000);
    const file = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
    const small = new OffscreenCanvas(1600, 1200);
    const context = small.getContext('2d')!;
    context.drawImage(sample, 0, 0, 1600, 1200);
    const frame = await decode(file, 'large.jpg');
    expect([frame.width, frame.height]).toEqual([12_000, 9000]);
    const reduced = frame.reduced(1600);
    expect([reduced.width, reduced.height]).toEqual([1600, 1200]);
    expect(difference(context.getImageData(0, 0, 1600, 1200), reduced)).toBeLessThan(3);
    const part = frame.region({ x0: 11_900.5, y0: 8900.2, x1: 13_000, y1: 9500 });
    expect([part.x0, part.y0, part.width, part.height]).toEqual([11_900, 8900, 100, 100]);
  });
});

describe('pictures that cannot be read', () => {
  const many = (n: number): Uint8Array => new Uint8Array(n);
  /** A PNG header for a picture of that size, with nothing after it. */
  const png = (width: number, height: number): Uint8Array => {
    const bytes = new Uint8Array(33 + 12);
    bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
    const view = new DataView(bytes.buffer);
    view.setUint32(16, width);
    view.setUint32(20, height);
    bytes.set([0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44], 33);
    return bytes;
  };
  test.each<[string, () => Promise<Uint8Array> | Uint8Array, ErrorCode]>([
    ['an empty file', () => many(0), 'image/empty'],
    ['text named .jpg', () => new TextEncoder().encode('Dear Sir or Madam'), 'image/unreadable'],
    ['zeros', () => many(5000), 'image/unreadable'],
    ['a JPEG cut off in the middle', async () => (await bytesOf('base.jpg')).slice(0, 3000), 'image/truncated'],
    ['a JPEG cut off in its header', async () => (await bytesOf('base.jpg')).slice(0, 100), 'image/truncated'],
    ['a PNG cut off', async () => (await bytesOf('png-16bit.png')).slice(0, -200), 'image/truncated'],
    ['a WebP cut off', async () => (await bytesOf('still.webp')).slice(0, 2000), 'image/truncated'],
    ['an AVIF cut off', async () => (await bytesOf('still.avif')).slice(0, 2000), 'image/truncated'],
    [
      'HEIC, whatever it is called,',
      () => new TextEncoder().encode('\0\0\0\u{18}ftypheic\0\0\0\0mif1heic'),
      'image/unsupported',
    ],
    ['a PNG without its picture', () => png(100, 100), 'image/unreadable'],
    ['one pixel', () => png(1, 1), 'image/too-small'],
    ['a strip of a few pixels', () => png(5000, 4), 'image/too-small'],
    ['a header that claims 100,000 × 100,000', () => png(100_000, 100_000), 'image/too-large'],
    ['a header that claims a side beyond any canvas', () => png(90_000, 100), 'image/too-large'],
  ])('%s is refused with a clear error that names it', async (_, make, code) => {
    const result = decodePicture(blob(await make()), 'holiday.jpg');
    await expect(result).rejects.toMatchObject({ name: 'FaceError', code });
    await expect(result).rejects.toThrow(/^holiday\.jpg is /);
  });
  test('a file that has been moved says so, whatever it was', async () => {
    const gone = new File(['x'], 'holiday.jpg');
    gone.arrayBuffer = () => Promise.reject(new DOMException('gone', 'NotFoundError'));
    await expect(decodePicture(gone, 'holiday.jpg')).rejects.toMatchObject({ code: 'image/not-opened' });
  });

  test('one real pixel is too small, as a file, a bitmap and bare pixels', async () => {
    const canvas = new OffscreenCanvas(1, 1);
    canvas.getContext('2d')!.fillRect(0, 0, 1, 1);
    const file = await canvas.convertToBlob({ type: 'image/png' });
    const bitmap = await createImageBitmap(canvas);
    const bare = { width: 1, height: 1, data: new Uint8ClampedArray(4) };
    for (const source of [file, bitmap, bare])
      await expect(decodePicture(source, 'dot')).rejects.toMatchObject({ code: 'image/too-small' });
    expect(bitmap.width).toBe(0);
  });

  test('bare pixels whose number does not fit the size are refused', async () => {
    const wrong = { width: 100, height: 100, data: new Uint8ClampedArray(100) };
    await expect(decodePicture(wrong, 'dot')).rejects.toMatchObject({ code: 'image/unreadable' });
  });
});
