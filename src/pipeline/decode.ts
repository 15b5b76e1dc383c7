import { throwIfAborted } from '../core/abort';
import { FaceError, toFaceError } from '../core/errors';
import { unreadableError } from '../core/pictureFiles';
import type { Box, Frame, RgbaImage } from '../core/types';
import { clipBox, overWhite, pixelFrame, reducedSize } from './pixelFrame';
import { sniff } from './sniff';
import { Timings } from './timings';

/** A picture's file by its address: the thread that decodes it fetches it. */
export interface PictureRef {
  readonly url: string;
  /** What the user calls it; appears in error sentences. */
  readonly name: string;
}

/** Sources of a picture. An ImageBitmap or VideoFrame is closed with its frame. */
export type Picture = Blob | ImageBitmap | VideoFrame | RgbaImage | PictureRef;

/** GiB of memory up to which a device counts as small. */
const SMALL_MEMORY = 4;
/** A pixel decoded takes 4 bytes. 120 lets in the 108 megapixels of phones. */
const MAX_MEGAPIXELS = (deviceMemory() ?? Infinity) <= SMALL_MEMORY ? 50 : 120;
const MAX_SIDE = 65_535;
/** MTCNN's smallest window, pixels. */
const MIN_SIDE = 12;
/** Pictures up to this many pixels are read once and kept, so that faces are cut without drawing again. */
const KEPT_PIXELS = 4_000_000;

/** GiB, as Chromium reports it, at most 8; undefined elsewhere. */
function deviceMemory(): number | undefined {
  return (globalThis.navigator as (Navigator & { readonly deviceMemory?: number }) | undefined)?.deviceMemory;
}

/**
 * A picture as a frame: EXIF orientation applied, the file's own RGB numbers (no colour profile applied: the networks were
 * trained on pictures read so, and the published distances depend on it), transparent parts over white, the first frame of
 * an animation. Sizes are checked by the file's header before a decoder allocates. `name` is for messages.
 * @throws FaceError image/empty, image/not-opened, image/unreadable, image/unsupported, image/truncated, image/too-large, image/too-small
 */
export async function decodePicture(source: Picture, name: string, signal?: AbortSignal): Promise<Frame> {
  if ('url' in source) return decodePicture(await fetchPicture(source, signal), source.name);
  if (source instanceof Blob) return drawnFrame(await decodeFile(source, name), name);
  if ('data' in source) {
    if (source.data.length !== source.width * source.height * 4) throw new FaceError('image/unreadable', { name });
    checkSize(source.width, source.height, name);
    return pixelFrame(overWhite(source));
  }
  return drawnFrame(source, name);
}

export interface FrameOptions {
  /** What the picture is called in messages. */
  readonly name?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Takes the time of the stage `decode`. */
  readonly timings?: Timings;
}

/** Decodes, works on the frame, and closes it whatever happens. Throws as `decodePicture`, `aborted`, and what `work` throws. */
export async function withFrame<T>(
  picture: Picture,
  { name = 'The picture', signal, timings = new Timings() }: FrameOptions,
  work: (frame: Frame) => T | Promise<T>,
): Promise<T> {
  throwIfAborted(signal);
  const frame = await timings.run('decode', () => decodePicture(picture, name, signal));
  try {
    throwIfAborted(signal);
    return await work(frame);
  } finally {
    frame.close();
  }
}

/** Throws `image/not-opened`, `aborted`. */
export async function fetchPicture({ url, name }: PictureRef, signal?: AbortSignal): Promise<Blob> {
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (response.ok) return await response.blob();
    throw new FaceError('image/not-opened', { name });
  } catch (thrown) {
    if (thrown instanceof FaceError || signal?.aborted) throw toFaceError(thrown);
    throw new FaceError('image/not-opened', { name }, { cause: thrown });
  }
}

async function decodeFile(file: Blob, name: string): Promise<ImageBitmap> {
  if (file.size === 0) throw new FaceError('image/empty', { name });
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
    const header = sniff(bytes);
    if (header && header.width > 0) checkSize(header.width, header.height, name);
    if (header && !header.complete) throw new FaceError('image/truncated', { name });
    const whole = header?.missingEnd === undefined ? file : withJpegEnd(bytes.subarray(0, header.missingEnd));
    return await createImageBitmap(whole, { imageOrientation: 'from-image', colorSpaceConversion: 'none' });
  } catch (error) {
    if (error instanceof FaceError) throw error;
    if (!bytes) throw new FaceError('image/not-opened', { name }, { cause: error }); // moved, or it may not be read
    // Only now, since some browsers decode HEIC.
    throw unreadableError(name, bytes) ?? new FaceError('image/unreadable', { name }, { cause: error });
  }
}

/** Chromium's `createImageBitmap` refuses a JPEG without its end marker, which its `<img>` shows. */
function withJpegEnd(bytes: Uint8Array<ArrayBuffer>): Blob {
  return new Blob([bytes, Uint8Array.of(0xff, 0xd9)], { type: 'image/jpeg' });
}

function checkSize(width: number, height: number, name: string): void {
  if (width * height > MAX_MEGAPIXELS * 1e6 || Math.max(width, height) > MAX_SIDE)
    throw new FaceError('image/too-large', { name, width, height, limit: MAX_MEGAPIXELS });
  if (Math.min(width, height) < MIN_SIDE) throw new FaceError('image/too-small', { name, width, height });
}

function drawnFrame(source: ImageBitmap | VideoFrame, name: string): Frame {
  const width = 'displayWidth' in source ? source.displayWidth : source.width;
  const height = 'displayHeight' in source ? source.displayHeight : source.height;
  try {
    checkSize(width, height, name);
  } catch (error) {
    source.close();
    throw error;
  }
  const whole: Box = { x0: 0, y0: 0, x1: width, y1: height };
  let kept: Frame | null = null;
  const keep = (): Frame => (kept ??= pixelFrame(draw(source, whole, width, height)));
  const isSmall = width * height <= KEPT_PIXELS;
  return {
    width,
    height,
    reduced: (maxSide, part = whole) => {
      if (isSmall) return keep().reduced(maxSide, part);
      const size = reducedSize(part.x1 - part.x0, part.y1 - part.y0, maxSide);
      return draw(source, part, size.width, size.height);
    },
    region: (box) => {
      if (isSmall) return keep().region(box);
      const part = clipBox(box, width, height);
      const drawn = draw(source, part, part.x1 - part.x0, part.y1 - part.y0);
      // Not spread: an ImageData's size and pixels are not its own properties.
      return { width: drawn.width, height: drawn.height, data: drawn.data, x0: part.x0, y0: part.y0 };
    },
    close: () => {
      source.close();
    },
  };
}

/** `part` of the source at the given size, averaged where smaller, over white. */
function draw(source: ImageBitmap | VideoFrame, part: Box, width: number, height: number): RgbaImage {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new FaceError('internal', { reason: 'no 2D canvas' });
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, part.x0, part.y0, part.x1 - part.x0, part.y1 - part.y0, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
