import { engineTitle, type EngineChoice } from '../src/backend/createEngine';
import { FaceError } from '../src/core/errors';
import type { Box, Detection, Embedding, Precision, RgbaImage } from '../src/core/types';
import golden from './selfTest.json';

/** Soft-edged ellipses, in the order drawn: centre and half axes as shares of the picture's side, and R, G, B. */
const ELLIPSES = [
  { x: 0.5, y: 0.42, rx: 0.44, ry: 0.44, rgb: [60, 45, 35] }, // hair
  { x: 0.5, y: 0.55, rx: 0.36, ry: 0.45, rgb: [205, 160, 135] }, // skin
  { x: 0.33, y: 0.44, rx: 0.08, ry: 0.04, rgb: [60, 50, 50] }, // eyes
  { x: 0.67, y: 0.44, rx: 0.08, ry: 0.04, rgb: [60, 50, 50] },
  { x: 0.5, y: 0.6, rx: 0.06, ry: 0.1, rgb: [175, 125, 105] }, // nose
  { x: 0.5, y: 0.77, rx: 0.15, ry: 0.05, rgb: [150, 70, 70] }, // mouth
] as const;
const BACKGROUND = [128, 132, 140] as const;

/** A drawn face, the same pixels everywhere. */
export function checkFace(size: number): RgbaImage {
  const data = new Uint8ClampedArray(4 * size * size);
  for (let i = 0; i < size * size; i++) {
    const x = ((i % size) + 0.5) / size;
    const y = (Math.floor(i / size) + 0.5) / size;
    let [r, g, b]: readonly [number, number, number] = BACKGROUND;
    for (const { x: cx, y: cy, rx, ry, rgb } of ELLIPSES) {
      // 1 inside, 0 outside, a straight slope between .7 and 1.1 of the radius
      const share = Math.min(1, Math.max(0, (1.1 - Math.hypot((x - cx) / rx, (y - cy) / ry)) / 0.4));
      [r, g, b] = [r + share * (rgb[0] - r), g + share * (rgb[1] - g), b + share * (rgb[2] - b)];
    }
    data.set([r, g, b, 255], 4 * i);
  }
  return { width: size, height: size, data };
}

/** Side of the drawn face that MTCNN is checked on. */
export const DETECTED_SIZE = 80;
/** Its box there; which of several near candidates wins may differ by a pixel or two between engines. */
const BOX: Box = { x0: 12.3, y0: 9.4, x1: 65.9, y1: 77.3 };
const BOX_TOLERANCE = 4;

/** Throws `backend/self-test-failed` unless MTCNN has found the drawn face, and nothing else, in the drawn picture. */
export function assertDetected(faces: readonly Detection[], choice: EngineChoice): void {
  const [face] = faces;
  const box = face?.box;
  const error = box
    ? Math.max(...(['x0', 'y0', 'x1', 'y1'] as const).map((edge) => Math.abs(box[edge] - BOX[edge])))
    : Infinity;
  if (faces.length === 1 && error <= BOX_TOLERANCE) return; // not so when NaN
  throw new FaceError('backend/self-test-failed', { backend: `${engineTitle(choice)} with mtcnn`, error: `${error}` });
}

type Vectors = Readonly<Partial<Record<Precision, readonly number[]>>>;
/** Of the drawn face, by LiteRT.js on WASM from each of the model's files, rounded to five digits. */
const GOLDEN: Readonly<Record<string, Vectors>> = golden;

/**
 * ‖got − golden‖ / ‖golden‖ for the drawn face. Measured: engines agree to 1e-4 in float32 and float16; in int8 tfjs,
 * whose activations are not quantised, is .008 (dlib) and .015 (FaceNet) away. One convolution out by a tenth gives
 * .003 to .1 in float32, .006 to .13 in int8.
 */
export function embeddingError(
  { modelId, vector }: Embedding,
  precision: Precision,
  expected: readonly number[] | undefined = GOLDEN[modelId]?.[precision],
): number {
  if (expected?.length !== vector.length) return Infinity;
  let error = 0;
  let length = 0;
  for (const [i, value] of expected.entries()) {
    error += (vector[i]! - value) ** 2;
    length += value ** 2;
  }
  const share = Math.sqrt(error / length);
  return Number.isNaN(share) ? Infinity : share;
}

/**
 * Throws `backend/self-test-failed`, with the precision as a detail, when the drawn face's embedding is not what the model
 * gives. A trained model brings its own float32 embedding, from which rounding its weights takes the others further
 * away (FaceNet's: .001 in float16, .065 in 8 bits); one without need only give numbers.
 */
export function assertGolden(
  embedding: Embedding,
  precision: Precision,
  choice: EngineChoice,
  trained?: { readonly selfTest: readonly number[] | null },
): void {
  const isGpu = choice.backend === 'webgpu';
  // Graphics cards also calculate in half precision.
  const isCoarse = precision === 'int8' || (precision === 'float16' && isGpu);
  const limit = !trained ? (isCoarse ? 0.02 : 0.002) : precision === 'int8' ? 0.2 : isCoarse ? 0.03 : 0.005;
  const error = trained
    ? embeddingError(embedding, precision, trained.selfTest ?? [...embedding.vector])
    : embeddingError(embedding, precision);
  if (error <= limit) return;
  throw new FaceError('backend/self-test-failed', {
    backend: `${engineTitle(choice)} with ${embedding.modelId} in ${precision}`,
    error: error.toPrecision(2),
    precision,
  });
}
