import { FaceError } from '../core/errors';
import type { RecognisedFace } from '../core/types';
import type { FaceNet } from './faceNet';
import { toPicture, type PictureInput } from './pictures';

/** Codes of what is wrong with one picture, and no reason to end the work on the others. */
const OF_ONE_PICTURE = /^image\/|^harness\/no-face$/;

/** A picture that was left out, by its place in the list, and why: it could not be read, or shows no face. */
export interface LeftOut {
  readonly index: number;
  readonly error: FaceError;
}

/** The most probable face of a picture. Throws `harness/no-face`, decodePicture's errors, `aborted`. */
export async function bestFace(
  net: Pick<FaceNet, 'call'>,
  input: PictureInput,
  { keepCrops = false, signal }: { readonly keepCrops?: boolean; readonly signal?: AbortSignal | undefined } = {},
): Promise<RecognisedFace> {
  const picture = await toPicture(input);
  const { faces } = await net.call('recognise', { ...picture, options: { faces: 'best', keepCrops } }, { signal });
  const [face] = faces;
  if (!face) throw new FaceError('harness/no-face', { name: picture.name });
  return face;
}

/** `work` on each item, one after the other; those whose picture is at fault are left out, anything else ends it. */
export async function eachReadable<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<{ readonly results: R[]; readonly leftOut: LeftOut[] }> {
  const results: R[] = [];
  const leftOut: LeftOut[] = [];
  for (const [index, item] of items.entries()) {
    try {
      results.push(await work(item, index));
    } catch (thrown) {
      if (!(thrown instanceof FaceError) || !OF_ONE_PICTURE.test(thrown.code)) throw thrown;
      leftOut.push({ index, error: thrown });
    }
  }
  return { results, leftOut };
}
