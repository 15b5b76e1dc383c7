import type { Box, Detection, Frame, RgbaImage, StoredCrop } from '../../core/types';
import { squareBox } from '../detect/boxes';
import { encodeImage } from '../encode';
import { resizeImage } from '../resize';
import { FACENET_MARGIN } from './facenet';

/** Side of the square by the box's longer side. */
const ENLARGED = 1.8;
const MAX_SIDE = 400;
/** A small face's square is larger than 1.8 boxes, so that the facenet margin, fixed in pixels, still fits. */
const LEAST_MARGIN = FACENET_MARGIN + 4;

/**
 * A face as the store keeps it: the square round its box, 1.8 times its longer side, clipped to the picture, at most 400 px a
 * side, as a JPEG; with the box and points in its pixels. Every registered model's own crop can be cut from it.
 */
export async function storedCrop(frame: Frame, detection: Detection): Promise<StoredCrop> {
  return encodeCut(cutSquare(frame, detection));
}

/** A stored crop whose picture is not yet a file: most of those cut from a video are never kept. */
export interface CutFace extends Omit<StoredCrop, 'picture'> {
  readonly image: RgbaImage;
}

export async function encodeCut({ image, ...rest }: CutFace): Promise<StoredCrop> {
  return { picture: await encodeImage(image, 'image/jpeg'), ...rest };
}

/** Box and points of a stored crop's face, in the crop's picture taken as a picture of its own. */
export function faceInCrop({ detection }: Pick<StoredCrop, 'detection'>): Pick<Detection, 'box' | 'points'> {
  const { x0, y0, x1, y1 } = detection.box;
  const [a, b, c, d, e] = detection.points.map(({ x, y }) => ({ x, y }));
  return { box: { x0, y0, x1, y1 }, points: [a!, b!, c!, d!, e!] };
}

export function cutSquare(frame: Frame, detection: Detection): CutFace {
  const part = frame.region(squareRound(detection.box));
  const scale = Math.min(1, MAX_SIDE / Math.max(part.width, part.height));
  const width = Math.max(1, Math.round(part.width * scale));
  const height = Math.max(1, Math.round(part.height * scale));
  const [scaleX, scaleY] = [width / part.width, height / part.height];
  const x = (value: number): number => (value - part.x0) * scaleX;
  const y = (value: number): number => (value - part.y0) * scaleY;
  const { box, points, score } = detection;
  const [left, right, nose, mouthLeft, mouthRight] = points.map((point) => ({ x: x(point.x), y: y(point.y) }));
  return {
    image: resizeImage(part, width, height),
    scale: Math.min(1, (scaleX + scaleY) / 2),
    detection: {
      box: { x0: x(box.x0), y0: y(box.y0), x1: x(box.x1), y1: y(box.y1) },
      points: [left!, right!, nose!, mouthLeft!, mouthRight!],
      score,
    },
  };
}

function squareRound(box: Box): Box {
  const square = squareBox(box);
  const side = square.x1 - square.x0;
  const grow = Math.max((ENLARGED - 1) * side, LEAST_MARGIN) / 2;
  return { x0: square.x0 - grow, y0: square.y0 - grow, x1: square.x1 + grow, y1: square.y1 + grow };
}
