import type { DetectOptions } from '../../client/types';
import { FaceError } from '../../core/errors';
import type { FoundFace, PictureRef } from '../bridge';
import type { Session } from './session';

/** A face's numbers, and what its distances are multiplied by. */
export type FaceVector = Pick<FoundFace, 'vector' | 'scale'>;

/**
 * The vector of a picture's most probable face, or of the whole picture when it is an aligned face already.
 * Throws `harness/no-face`.
 */
export async function faceVector(
  session: Session,
  picture: PictureRef,
  aligned: boolean,
  options: DetectOptions,
): Promise<FaceVector> {
  if (aligned) return session.call('embedAligned', { picture });
  const { faces } = await session.call('recognise', { picture, options: { ...options, faces: 'best' } });
  const [face] = faces;
  if (!face) throw new FaceError('harness/no-face', { name: picture.name });
  return face;
}
