import { errorData, toFaceError, type ErrorData } from '../../core/errors';
import { sha256 } from '../../core/sha256';
import type { FaceCrop, Frame, RgbaImage, Sample, StoredCrop } from '../../core/types';
import { facenetCrop } from '../../pipeline/crop/facenet';
import { faceInCrop } from '../../pipeline/crop/stored';
import { fetchPicture, withFrame, type PictureRef } from '../../pipeline/decode';
import { resample } from '../../pipeline/resample';

/** R, G, B, a byte each, in rows: an aligned face of `size`² pixels. */
export interface PixelCrop {
  readonly size: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/**
 * An aligned face: a picture file that is the whole square crop (PNG of `align --size 182 --margin 44`, say), its pixels,
 * or a crop as the store keeps it, from which the network's own crop is cut. Files are decoded when they are added, stored
 * crops when they are first needed; both are kept decoded, up to 512 MB. A file or pixels may be larger than the network's input by 182 / 160, the room of random
 * crops, and are otherwise resized.
 */
export type TrainPicture = Blob | PictureRef | PixelCrop | StoredCrop;

/** `train`: trained on, and the gallery of the report. `heldOut`: evaluated on. `impostors`: people who must stay unknown. */
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
  /** Bytes left for decoded pictures. */
  private room = KEPT_BYTES;

  /** Files are read at once; those that cannot be are left out. Resolves to these. */
  async add(
    set: PictureSet,
    pictures: readonly TrainPicture[],
    labels: readonly number[],
  ): Promise<readonly UnreadablePicture[]> {
    const own = this.sets[set];
    const unreadable: UnreadablePicture[] = [];
    const read = await Promise.all(pictures.map((picture, i) => this.#read(picture, `picture ${i + 1}`)));
    for (const [index, picture] of read.entries()) {
      if ('code' in picture) unreadable.push({ index, ...picture });
      else {
        own.pictures.push(picture);
        own.labels.push(labels[index]!);
      }
    }
    return unreadable;
  }

  clear(set: PictureSet): void {
    for (const picture of this.sets[set].pictures) if (isPixels(picture)) this.room += picture.data.length;
    this.sets[set] = { pictures: [], labels: [] };
  }

  pictures(set: PictureSet): readonly TrainPicture[] {
    return this.sets[set].pictures;
  }

  labels(set: PictureSet): Int32Array {
    return Int32Array.from(this.sets[set].labels);
  }

  /** The training pictures, each decoded once as long as there is room to keep them. */
  samples(options: CropOptions): Sample[] {
    const { pictures, labels } = this.sets.train;
    let { room } = this;
    return pictures.map((picture, i): Sample => {
      let kept: { readonly size: number; readonly data: Uint8ClampedArray } | undefined;
      const crop = async () => {
        if (kept) return { size: kept.size, data: Float32Array.from(kept.data) };
        const { size, data } = await readCrop(picture, options, `picture ${i + 1}`);
        if (!isPixels(picture) && room >= data.length) {
          room -= data.length;
          kept = { size, data: Uint8ClampedArray.from(data) };
        }
        return { size, data };
      };
      return { label: labels[i]!, crop };
    });
  }

  /** A file as pixels, if it is square and there is room for them; a file that cannot be read as its error. */
  async #read(picture: TrainPicture, name: string): Promise<TrainPicture | ErrorData> {
    if (!(picture instanceof Blob) && !('url' in picture)) return picture;
    try {
      const file = picture instanceof Blob ? picture : await fetchPicture(picture);
      const image = await withFrame(file, { name: nameOf(picture, name) }, wholeImage);
      const bytes = 3 * image.width * image.height;
      if (image.width !== image.height || bytes > this.room) return file;
      this.room -= bytes;
      return { size: image.width, data: rgbOf(image) };
    } catch (thrown) {
      return errorData(toFaceError(thrown));
    }
  }
}

function isPixels(picture: TrainPicture): picture is PixelCrop {
  return !(picture instanceof Blob) && 'data' in picture;
}

function nameOf(picture: Blob | PictureRef, otherwise: string): string {
  return picture instanceof File || 'url' in picture ? picture.name : otherwise;
}

function rgbOf({ width, height, data }: RgbaImage): Uint8Array<ArrayBuffer> {
  const rgb = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) rgb.set(data.subarray(4 * i, 4 * i + 3), 3 * i);
  return rgb;
}

/** A picture's crop in whole numbers, from the input's size to that of training crops. Throws `image/…` with `name`. */
export async function readCrop(picture: TrainPicture, options: CropOptions, name: string): Promise<FaceCrop> {
  const { size, data } = await exactCrop(picture, options, name);
  return { size, data: Float32Array.from(Uint8ClampedArray.from(data)) };
}

async function exactCrop(picture: TrainPicture, options: CropOptions, name: string): Promise<FaceCrop> {
  if (picture instanceof Blob || 'url' in picture)
    return withFrame(picture, { name }, (frame) => fitted(wholeImage(frame), options.size));
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

function wholeImage(frame: Frame): RgbaImage {
  return frame.region({ x0: 0, y0: 0, x1: frame.width, y1: frame.height });
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
  if (isPixels(picture)) return sha256(picture.data);
  const file = picture instanceof Blob ? picture : 'url' in picture ? await fetchPicture(picture) : picture.picture;
  return sha256(new Uint8Array(await file.arrayBuffer()));
}

/** A file that cannot be read, by its place in the list, and why. */
export type UnreadablePicture = ErrorData & { readonly index: number };

export async function unreadablePictures(pictures: readonly PictureRef[]): Promise<UnreadablePicture[]> {
  const wrong: UnreadablePicture[] = [];
  for (const [index, picture] of pictures.entries()) {
    try {
      await withFrame(picture, {}, () => null);
    } catch (thrown) {
      wrong.push({ index, ...errorData(toFaceError(thrown)) });
    }
  }
  return wrong;
}
