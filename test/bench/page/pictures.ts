import type { Box, RgbaImage } from '../../../src/core/types';

/** A 640×480 picture of the bench: as the JPEG file that a person would drop, and as pixels. */
export interface BenchPicture {
  readonly jpeg: Blob;
  readonly pixels: RgbaImage;
  readonly faces: readonly Box[];
  /** Who each face is, `null` for those who have no portrait among the samples. */
  readonly people: readonly (string | null)[];
}

interface TruthFace {
  readonly name: string;
  readonly portrait: boolean;
  readonly box: readonly [number, number, number, number];
}
type Truth = Readonly<Record<string, { readonly faces: readonly TruthFace[] }>>;

const WIDTH = 640;
const HEIGHT = 480;

/** The part of a sample picture (4:3, in its pixels) that a bench picture shows. */
const CUTS = {
  six: { file: 'expedition-13-prime-and-backup.jpg', x: 470, y: 0, width: 940 },
  one: { file: 'expedition-12-holiday.jpg', x: 700, y: 0, width: 836 },
} as const;

export async function benchPicture(which: keyof typeof CUTS): Promise<BenchPicture> {
  const cut = CUTS[which];
  const scale = WIDTH / cut.width;
  const bitmap = await createImageBitmap(await sample(cut.file));
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, cut.x, cut.y, cut.width, HEIGHT / scale, 0, 0, WIDTH, HEIGHT);
  bitmap.close();
  const shown = (await truth())
    [cut.file]!.faces.map(({ name, portrait, box: [x0, y0, x1, y1] }) => ({
      person: portrait ? name : null,
      box: {
        x0: (x0 - cut.x) * scale,
        y0: (y0 - cut.y) * scale,
        x1: (x1 - cut.x) * scale,
        y1: (y1 - cut.y) * scale,
      },
    }))
    .filter(({ box }) => box.x0 > 0 && box.x1 < WIDTH);
  return {
    jpeg: await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 }),
    pixels: context.getImageData(0, 0, WIDTH, HEIGHT),
    faces: shown.map(({ box }) => box),
    people: shown.map(({ person }) => person),
  };
}

/** A portrait of each person who has one. */
export async function portraits(): Promise<{ person: string; jpeg: Blob }[]> {
  const faces = Object.values(await truth()).flatMap((picture) => picture.faces);
  const people = new Set(faces.filter(({ portrait }) => portrait).map(({ name }) => name));
  return Promise.all([...people].map(async (person) => ({ person, jpeg: await sample(`portraits/${person}.jpg`) })));
}

/** The faces of a picture cut out `size`² large, [n, size, size, 3], R, G, B as 0–255: something real to embed. */
export function faceTensor(picture: BenchPicture, size: number): Float32Array {
  const source = new OffscreenCanvas(WIDTH, HEIGHT);
  source.getContext('2d')!.putImageData(new ImageData(new Uint8ClampedArray(picture.pixels.data), WIDTH), 0, 0);
  const context = new OffscreenCanvas(size, size).getContext('2d', { willReadFrequently: true })!;
  const all = new Float32Array(picture.faces.length * size * size * 3);
  let at = 0;
  for (const { x0, y0, x1, y1 } of picture.faces) {
    context.drawImage(source, x0, y0, x1 - x0, y1 - y0, 0, 0, size, size);
    const { data } = context.getImageData(0, 0, size, size);
    for (let i = 0; i < data.length; i++) if (i % 4 !== 3) all[at++] = data[i]!;
  }
  return all;
}

async function sample(path: string): Promise<Blob> {
  return (await fetch(`/samples/${path}`)).blob();
}

async function truth(): Promise<Truth> {
  return (await fetch('/samples/truth.json')).json() as Promise<Truth>;
}
