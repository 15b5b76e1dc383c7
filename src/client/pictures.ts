/** What callers may give as a picture, and how it becomes what the workers take. Nothing of the DOM is touched at import. */
import type { Picture } from '../../workers/protocol';
import { FaceError } from '../core/errors';

/**
 * A file, decoded pixels, an element of the page, or an address: a string, a URL, or `{ url, name }`, which the worker
 * fetches. An ImageBitmap or VideoFrame is handed over to the worker and closed there; everything else stays the caller's.
 */
export type PictureInput =
  Picture | URL | string | HTMLImageElement | HTMLVideoElement | HTMLCanvasElement | OffscreenCanvas;

/** The input as the workers take it, and what error messages call it. Throws `image/unreadable` for an image that failed to load. */
export async function toPicture(
  input: PictureInput,
  given?: string,
): Promise<{ readonly picture: Picture; readonly name: string }> {
  const name = given ?? nameOf(input);
  if (typeof input === 'string' || input instanceof URL)
    return { picture: { url: new URL(input, baseUrl()).href, name }, name };
  if (isA(input, 'HTMLImageElement')) return { picture: await imageBitmap(input, name), name };
  if (isA(input, 'HTMLVideoElement')) return { picture: await frameOf(input), name };
  if (isA(input, 'HTMLCanvasElement') || isA(input, 'OffscreenCanvas')) return { picture: await frameOf(input), name };
  return { picture: input, name };
}

/** What a video or canvas shows now; whoever takes it closes it, or hands it to a worker. */
export async function frameOf(source: FrameSource): Promise<VideoFrame | ImageBitmap> {
  if (isA(source, 'HTMLVideoElement') && typeof VideoFrame === 'function') return new VideoFrame(source);
  return createImageBitmap(source);
}

/** What shows one frame after the other. */
export type FrameSource = HTMLVideoElement | HTMLCanvasElement | OffscreenCanvas;

interface Elements {
  HTMLImageElement: HTMLImageElement;
  HTMLVideoElement: HTMLVideoElement;
  HTMLCanvasElement: HTMLCanvasElement;
  OffscreenCanvas: OffscreenCanvas;
}

/** `instanceof` that is false where the class does not exist: in a worker, in Node. */
function isA<K extends keyof Elements>(input: unknown, name: K): input is Elements[K] {
  const type: unknown = Reflect.get(globalThis, name);
  return typeof type === 'function' && input instanceof type;
}

/** The file's own numbers, upright, as the workers decode them. */
async function imageBitmap(image: HTMLImageElement, name: string): Promise<ImageBitmap> {
  try {
    await image.decode();
    return await createImageBitmap(image, { imageOrientation: 'from-image', colorSpaceConversion: 'none' });
  } catch (thrown) {
    throw new FaceError('image/unreadable', { name }, { cause: thrown });
  }
}

function nameOf(input: PictureInput): string {
  if (typeof input === 'string' || input instanceof URL) return lastPart(String(input));
  if (isA(input, 'HTMLImageElement')) return lastPart(input.currentSrc || input.src);
  if ('url' in input || input instanceof File) return input.name;
  return 'The picture';
}

/** The file's name in an address. */
function lastPart(url: string): string {
  if (url.startsWith('data:') || url.startsWith('blob:')) return 'The picture';
  return decodeURI(url.split(/[?#]/)[0]!.split('/').at(-1) || url);
}

function baseUrl(): string | undefined {
  if (typeof document !== 'undefined') return document.baseURI;
  return 'location' in globalThis ? globalThis.location.href : undefined; // Node has none
}
