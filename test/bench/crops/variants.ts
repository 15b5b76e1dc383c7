import type { Detection, FaceCrop, Frame } from '../../../src/core/types';
import { cropFace } from '../../../src/pipeline/crop/crop';
import { facenetCrop } from '../../../src/pipeline/crop/facenet';
import { squareBox } from '../../../src/pipeline/detect/boxes';

type Face = Pick<Detection, 'box' | 'points'>;

/** A way to cut a face out. */
export interface Variant {
  readonly name: string;
  readonly cut: (frame: Frame, face: Face, size: number) => FaceCrop;
  /** Of the box that O-Net gives when it looks again at the square round the first one. */
  readonly secondLook?: true;
}

const margin =
  (pixels: number): Variant['cut'] =>
  (frame, face, size) =>
    facenetCrop(frame, face, size, pixels);

/** What was compared; `--only` picks from them by name. */
export const VARIANTS: readonly Variant[] = [
  { name: 'facenet 0', cut: margin(0) },
  { name: 'facenet 16', cut: margin(16) },
  { name: 'facenet 32', cut: margin(32) },
  { name: 'facenet 48', cut: margin(48) },
  { name: 'facenet 64', cut: margin(64) },
  { name: 'facenet 32, second look', cut: margin(32), secondLook: true },
  { name: 'facenet 32, bilinear of four pixels', cut: interpolated(32, 1) },
  { name: 'facenet 32, bicubic of sixteen pixels', cut: interpolated(32, 2) },
  {
    name: 'square, 32',
    cut: (frame, face, size) => facenetCrop(frame, { box: squareBox(face.box) }, size, 32),
  },
  {
    name: 'facenet-pytorch',
    cut: (frame, face, size) => cropFace(frame, face, 'facenet-pytorch', size),
  },
  { name: 'similarity', cut: (frame, face, size) => cropFace(frame, face, 'similarity', size) },
];

/** The facenet crop resized by the nearest pixels only, whatever the scale: no antialiasing. `reach`: 1 bilinear, 2 bicubic. */
function interpolated(pixels: number, reach: 1 | 2): Variant['cut'] {
  const weight = reach === 1 ? (x: number) => Math.max(0, 1 - Math.abs(x)) : keys;
  return (frame, { box }, size) => {
    const half = pixels / 2;
    const x0 = Math.trunc(Math.max(box.x0 + 1 - half, 0));
    const y0 = Math.trunc(Math.max(box.y0 + 1 - half, 0));
    const x1 = Math.max(x0 + 1, Math.trunc(Math.min(box.x1 + half, frame.width)));
    const y1 = Math.max(y0 + 1, Math.trunc(Math.min(box.y1 + half, frame.height)));
    const { width, height, data } = frame.region({ x0, y0, x1, y1 });
    const out = new Float32Array(size * size * 3);
    for (let row = 0; row < size; row++) {
      const y = ((row + 0.5) * height) / size - 0.5;
      for (let column = 0; column < size; column++) {
        const x = ((column + 0.5) * width) / size - 0.5;
        for (let j = Math.floor(y) - reach + 1; j <= Math.floor(y) + reach; j++)
          for (let i = Math.floor(x) - reach + 1; i <= Math.floor(x) + reach; i++) {
            const w = weight(x - i) * weight(y - j);
            const from = (clamp(j, height) * width + clamp(i, width)) * 4;
            for (let c = 0; c < 3; c++) out[(row * size + column) * 3 + c]! += w * data[from + c]!;
          }
      }
    }
    return { size, data: out };
  };
}

function clamp(i: number, length: number): number {
  return Math.min(Math.max(i, 0), length - 1);
}

/** Keys' cubic, a = −.5. */
function keys(x: number): number {
  const t = Math.abs(x);
  if (t < 1) return 1.5 * t ** 3 - 2.5 * t ** 2 + 1;
  return t < 2 ? -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2 : 0;
}
