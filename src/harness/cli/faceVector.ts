import type { DetectOptions } from '../../client/types';
import { FaceError } from '../../core/errors';
import type { PictureRef } from '../bridge';
import type { Session } from './session';

/**
 * The vector of a picture's most probable face, or of the whole picture when it is an aligned face already.
 * Throws `harness/no-face`.
 */
export async function faceVector(
  session: Session,
  picture: PictureRef,
  aligned: boolean,
  options: DetectOptions,
): Promise<number[]> {
  if (aligned) return session.call('embedAligned', { picture });
  const { faces } = await session.call('recognise', { picture, options: { ...options, faces: 'best' } });
  if (!faces[0]) throw new FaceError('harness/no-face', { name: picture.name });
  return faces[0].vector;
}
