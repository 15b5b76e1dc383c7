import { engineTitle, type EngineChoice } from '../../backend/createEngine';
import { FaceError } from '../../core/errors';
import type { Box, Detection, Embedding, Precision } from '../../core/types';
import golden from './selfTest.json';

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
 * whose activations are not quantised, is .02 away. One convolution out by a tenth gives
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
 * away (FaceNet's: .001 in float16, .027 in 8 bits); one without need only give numbers.
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
  const limit = !trained ? (isCoarse ? 0.03 : 0.002) : precision === 'int8' ? 0.2 : isCoarse ? 0.03 : 0.005;
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
