import type { CropKind, Detection, FaceCrop, Frame } from '../../core/types';
import { arcfaceCrop } from './arcface';
import { FACENET_MARGIN, facenetCrop } from './facenet';
import { facenetPytorchCrop } from './facenetPytorch';
import { similarityCrop } from './similarity';

/**
 * A face cut out as the model wants it. `scale`: pixels of this frame for one of the original picture, under 1 where the
 * frame is a stored crop that was reduced.
 */
export function cropFace(
  frame: Frame,
  face: Pick<Detection, 'box' | 'points'>,
  kind: CropKind,
  size: number,
  scale = 1,
): FaceCrop {
  switch (kind) {
    case 'facenet':
      return facenetCrop(frame, face, size, FACENET_MARGIN, scale);
    case 'facenet-pytorch':
      return facenetPytorchCrop(frame, face, size, scale);
    case 'arcface':
      return arcfaceCrop(frame, face, size);
    case 'similarity':
      return similarityCrop(frame, face, size);
  }
}
