import type { FloatArray } from '../formats/array';
import { badFormat } from '../formats/array';
import { readNpy } from '../formats/npy';
import { checkShape } from './layout';

/** Where the original keeps each kind of block; `Block8_6` is its last one, which stands alone. */
const SCOPES: readonly (readonly [RegExp, string])[] = [
  [/^Block8_6_/, 'Block8/'],
  [/^Block35_(\d+)_/, 'Repeat/block35_$1/'],
  [/^Block17_(\d+)_/, 'Repeat_1/block17_$1/'],
  [/^Block8_(\d+)_/, 'Repeat_2/block8_$1/'],
  [/^(Mixed_[67]a)_/, '$1/'],
];
const ENDS: readonly (readonly [RegExp, string])[] = [
  [/_Conv2D_bias$/, '/biases'],
  [/_MatMul_bias$/, '/biases'],
  [/_kernel_transpose$/, '/weights'],
  [/_kernel$/, '/weights'],
];

/**
 * The original's name for one of the 266 files: `Block35_1_Branch_0_Conv2d_1x1_kernel.npy` is
 * `InceptionResnetV1/Repeat/block35_1/Branch_0/Conv2d_1x1/weights`.
 */
export function facenetTensorName(file: string): string {
  const replace = (text: string, table: typeof SCOPES) => {
    const row = table.find(([pattern]) => pattern.test(text));
    return row ? text.replace(row[0], row[1]) : text;
  };
  const name = replace(replace(file.replace(/\.npy$/, ''), SCOPES), ENDS);
  return `InceptionResnetV1/${name.replace(/(Branch_\d)_/, '$1/')}`;
}

/**
 * One of the 266 published files as a named array. Kernels are [out, height, width, in] there already, the bottleneck
 * [512, 1792]; batch norm and residual scale lie in the numbers.
 */
export function convertFacenetFile(file: string, bytes: Uint8Array): readonly [string, FloatArray] {
  const { shape, data } = readNpy(bytes, file);
  if (!(data instanceof Float32Array)) throw badFormat(file, 'it is not of float32');
  const array = { shape, data };
  const name = facenetTensorName(file);
  const size = /_(\d)x(\d)\/weights$/.exec(name);
  if (size) checkShape(name, array, [shape[0]!, Number(size[1]), Number(size[2]), shape[3]!]);
  else if (name.endsWith('/biases')) checkShape(name, array, [shape[0]!]);
  else checkShape(name, array, [512, 1792]);
  return [name, array];
}
