import { badFormat, type FloatArray } from '../formats/array';
import { readTflite, type TfliteFile, type TfliteTensor } from '../formats/tflite';
import { checkShape } from './layout';

const CONV_2D = 3;
const DEPTHWISE_CONV_2D = 4;
const MUL = 18;

/**
 * MobileFaceNet from its `.tflite` file. Its layers are taken in the order in which they run, and their names from their
 * biases'. A PReLU is stored there as relu(x) + m · (x − |x|): its slope is 2 m, which belongs to the layer before it.
 * Kernels are in our order [out, kh, kw, in]; depthwise ones, there [1, kh, kw, channels], become [channels, kh, kw, 1].
 * Throws what `readTflite` throws, `weights/bad-format` and `weights/shape-mismatch`.
 */
export function convertMobileFaceNet(file: string, bytes: Uint8Array): Map<string, FloatArray> {
  const tflite = readTflite(bytes, file);
  const arrays = new Map<string, FloatArray>();
  let layer = '';
  let channels = 0;
  for (const { code, inputs } of tflite.operators) {
    if (code === CONV_2D || code === DEPTHWISE_CONV_2D) {
      const kernel = constant(tflite, inputs[1], file);
      const bias = constant(tflite, inputs[2], file);
      channels = bias.array.shape[0] ?? 0;
      layer = layerName(bias.tensor, file);
      const { array } = kernel;
      if (arrays.has(`${layer}/weights`)) throw badFormat(file, `${layer} is there twice`);
      checkShape(`${layer}/weights`, array, [
        code === CONV_2D ? channels : 1,
        ...array.shape.slice(1, 3),
        array.shape[3]!,
      ]);
      arrays.set(`${layer}/weights`, code === CONV_2D ? array : depthwiseLayout(array));
      checkShape(`${layer}/biases`, bias.array, [channels]);
      arrays.set(`${layer}/biases`, bias.array);
    } else if (code === MUL) {
      const { array } = constant(tflite, inputs[0], file);
      checkShape(`${layer}/alpha`, array, [channels]);
      arrays.set(`${layer}/alpha`, { shape: array.shape, data: array.data.map((half) => 2 * half) });
    }
  }
  return arrays;
}

function constant(
  { tensors }: TfliteFile,
  index: number | undefined,
  file: string,
): { readonly tensor: TfliteTensor; readonly array: FloatArray } {
  const tensor = tensors[index ?? -1];
  const array = tensor?.read();
  if (!tensor || !array) throw badFormat(file, 'an operation without its weights');
  return { tensor, array };
}

/** `MobileFaceNet/MobileFaceNet/Conv2d_0/Conv2D_bias` belongs to `MobileFaceNet/Conv2d_0`. */
function layerName({ name }: TfliteTensor, file: string): string {
  const parts = /^MobileFaceNet\/(?:MobileFaceNet\/)?(.+)\/(?:Conv2D|depthwise)_bias$/.exec(name);
  if (!parts) throw badFormat(file, `a bias called ${name}`);
  return `MobileFaceNet/${parts[1]}`;
}

function depthwiseLayout({ shape, data }: FloatArray): FloatArray {
  const [, kh, kw, channels] = shape as [number, number, number, number];
  const turned = new Float32Array(data.length);
  for (let place = 0, from = 0; place < kh * kw; place++)
    for (let c = 0; c < channels; c++) turned[c * kh * kw + place] = data[from++]!;
  return { shape: [channels, kh, kw, 1], data: turned };
}
