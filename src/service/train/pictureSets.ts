import { errorData, toFaceError, type ErrorData } from '../../core/errors';
import { sha256 } from '../../core/sha256';
import type { FaceCrop, Frame, RgbaImage, StoredCrop } from '../../core/types';
import { facenetCrop } from '../../pipeline/crop/facenet';
import { faceInCrop } from '../../pipeline/crop/stored';
import { withFrame } from '../../pipeline/decode';
import { resample } from '../../pipeline/resample';
import type { Crops } from '../../train/samples';

/** R, G, B, a byte each, in rows: an aligned face of `size`² pixels. */
export interface PixelCrop {
  readonly size: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/**
 * An aligned face: a picture file that is the whole square crop (PNG of `align --size 182 --margin 44`, say), its pixels,
 * or a crop as the store keeps it, from which the network's own crop is cut. Files and stored crops are decoded ahead and
 * kept decoded, up to 512 MB. A file or pixels may be larger than the network's input by 182 / 160, the room of random
 * crops, and are otherwise resized.
 */
export type TrainPicture = Blob | PixelCrop | StoredCrop;

/** `train`: what is learnt from, and the gallery of the report. `heldOut`: judged by. `impostors`: people who must stay unknown. */
export type PictureSet = 'train' | 'heldOut' | 'impostors';

/** The original's training crops: 182 px with a margin of 44, of which 160 px are shown to the network. */
const ROOM = 182 / 160;
const ROOMY_MARGIN = 44;
/** Decoded pictures kept, bytes: decoding is most of the work of reading a batch. */
const KEPT_BYTES = 512 * 1024 * 1024;

export interface CropOptions {
  /** Side of the network's input. */
  readonly size: number;
  /** Leave room round the face for random crops. */
  readonly roomy: boolean;
}

/** The pictures of a run, by set. */
export class PictureSets {
  private readonly sets: Record<PictureSet, { pictures: TrainPicture[]; labels: number[] }> = {
    train: { pictures: [], labels: [] },
    heldOut: { pictures: [], labels: [] },
    impostors: { pictures: [], labels: [] },
  };

  add(set: PictureSet, pictures: readonly TrainPicture[], labels: readonly number[]): number {
    const own = this.sets[set];
    for (const picture of pictures) own.pictures.push(picture);
    for (const label of labels) own.labels.push(label);
    return own.pictures.length;
  }

  clear(set: PictureSet): void {
    this.sets[set] = { pictures: [], labels: [] };
  }

  pictures(set: PictureSet): readonly TrainPicture[] {
    return this.sets[set].pictures;
  }

  labels(set: PictureSet): Int32Array {
    return Int32Array.from(this.sets[set].labels);
  }

  /** The training pictures, each decoded once as long as there is room to keep them. */
  crops(options: CropOptions): Crops {
    const { pictures } = this.sets.train;
    const kept = new Map<number, { readonly size: number; readonly bytes: Uint8ClampedArray }>();
    let room = KEPT_BYTES;
    return {
      labels: this.labels('train'),
      async crop(sample) {
        const known = kept.get(sample);
        if (known) return { size: known.size, data: Float32Array.from(known.bytes) };
        const { size, data } = await readCrop(pictures[sample]!, options, `picture ${sample + 1}`);
        const bytes = Uint8ClampedArray.from(data);
        if (room >= bytes.length) {
          room -= bytes.length;
          kept.set(sample, { size, bytes });
        }
        return { size, data };
      },
    };
  }
}

/**
 * The crop of a picture, whole numbers: not smaller than the network's input, and at most as much larger as the original's
 * training crops are. Throws `image/…` errors with `name`.
 */
export async function readCrop(picture: TrainPicture, options: CropOptions, name: string): Promise<FaceCrop> {
  const { size, data } = await exactCrop(picture, options, name);
  return { size, data: Float32Array.from(Uint8ClampedArray.from(data)) };
}

async function exactCrop(picture: TrainPicture, options: CropOptions, name: string): Promise<FaceCrop> {
  if (picture instanceof Blob) return withFrame(picture, { name }, (frame) => whole(frame, options.size));
  if ('picture' in picture) return storedAsCrop(picture, options, name);
  const { size, data } = picture;
  if (size >= options.size && size <= Math.round(options.size * ROOM)) return { size, data: Float32Array.from(data) };
  const rgba = new Uint8ClampedArray(size * size * 4).fill(255);
  for (let i = 0; i < size * size; i++) rgba.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
  return fitted({ width: size, height: size, data: rgba }, options.size);
}

function storedAsCrop(stored: StoredCrop, { size, roomy }: CropOptions, name: string) {
  const [side, margin] = roomy ? [Math.round(size * ROOM), ROOMY_MARGIN] : [size, undefined];
  return withFrame(stored.picture, { name }, (frame) =>
    facenetCrop(frame, faceInCrop(stored), side, margin, stored.scale),
  );
}

function whole(frame: Frame, size: number): FaceCrop {
  return fitted(frame.region({ x0: 0, y0: 0, x1: frame.width, y1: frame.height }), size);
}

function fitted(image: RgbaImage, size: number): FaceCrop {
  const side = Math.min(Math.max(size, Math.min(image.width, image.height)), Math.round(size * ROOM));
  const box = { x0: 0, y0: 0, x1: image.width, y1: image.height };
  return { size: side, data: resample(image, box, side, side, 'cut') };
}

/** Pictures whose bytes are in memory for their hash at a time: a training set may be larger than the memory. */
const HASHED_AT_ONCE = 32;

/** A hash of each picture's bytes: equal ones are copies. */
export async function pictureHashes(pictures: readonly TrainPicture[]): Promise<string[]> {
  const hashes: string[] = [];
  for (let at = 0; at < pictures.length; at += HASHED_AT_ONCE)
    hashes.push(...(await Promise.all(pictures.slice(at, at + HASHED_AT_ONCE).map(pictureHash))));
  return hashes;
}

async function pictureHash(picture: TrainPicture): Promise<string> {
  const bytes =
    picture instanceof Blob
      ? await picture.arrayBuffer()
      : 'picture' in picture
        ? await picture.picture.arrayBuffer()
        : picture.data;
  return sha256(new Uint8Array(bytes));
}

/** A file that cannot be read, by its place in the list, and why. */
export type UnreadablePicture = ErrorData & { readonly index: number };

export async function unreadablePictures(pictures: readonly File[]): Promise<UnreadablePicture[]> {
  const wrong: UnreadablePicture[] = [];
  for (const [index, picture] of pictures.entries()) {
    try {
      await withFrame(picture, { name: picture.name }, () => null);
    } catch (thrown) {
      wrong.push({ index, ...errorData(toFaceError(thrown)) });
    }
  }
  return wrong;
}
