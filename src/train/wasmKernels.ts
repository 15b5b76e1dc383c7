import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';

type Pad = 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
type Shape4D = [number, number, number, number];
interface ConvAttributes {
  readonly strides: [number, number] | number;
  readonly pad: Pad;
}

/**
 * Gradients of a convolution for tfjs's WASM backend, made of operations that it has: it lacks the one for the filter,
 * and its own for the input is a plain loop many times slower than its convolution. Calling it again does nothing.
 */
export function registerWasmKernels(): void {
  register('Conv2DBackpropFilter', ({ x, dy }, attributes) =>
    conv2dFilterGradient(x as tf.Tensor4D, dy as tf.Tensor4D, attributes.filterShape as Shape4D, attributes),
  );
  register('Conv2DBackpropInput', ({ dy, filter }, attributes) =>
    conv2dInputGradient(attributes.inputShape as Shape4D, dy as tf.Tensor4D, filter as tf.Tensor4D, attributes),
  );
}

type Attributes = ConvAttributes & { readonly filterShape?: Shape4D; readonly inputShape?: Shape4D };

function register(
  kernelName: string,
  run: (inputs: Readonly<Record<string, tf.Tensor>>, attributes: Attributes) => tf.Tensor,
) {
  const present = tf.getKernel(kernelName, 'wasm');
  if (present && present.kernelFunc === ours.get(kernelName)) return;
  if (present) tf.unregisterKernel(kernelName, 'wasm');
  const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) => {
    // A kernel is handed what describes a tensor, not always the tensor.
    const tensors = Object.fromEntries(Object.entries(inputs).map(([name, info]) => [name, asTensor(info!)]));
    return tf.tidy(() => run(tensors, attrs as unknown as Attributes));
  };
  ours.set(kernelName, kernelFunc);
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
}
const ours = new Map<string, tf.KernelFunc>();

function asTensor(info: tf.TensorInfo): tf.Tensor {
  return info instanceof tf.Tensor ? info : tf.engine().makeTensorFromTensorInfo(info);
}

/**
 * The gradient of a convolution at its filter, [kh, kw, in, out]: for each place of the window a product of the
 * pixels under it, [in, pixels], with `dy`, [pixels, out]. `x` [n, h, w, in].
 */
export function conv2dFilterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  filterShape: Shape4D,
  { strides, pad }: ConvAttributes,
): tf.Tensor4D {
  return tf.tidy(() => {
    const [kh, kw, channels, out] = filterShape;
    const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad);
    const { padInfo, outHeight, outWidth, strideHeight, strideWidth } = info;
    const rows = tf.reshape(dy, [-1, out]);
    const pixels = rows.shape[0]!;
    const padded = padImage(x, padInfo);
    const [n] = x.shape;
    const places: tf.Tensor[] = [];
    for (let i = 0; i < kh; i++)
      for (let j = 0; j < kw; j++)
        places.push(
          tf.tidy(() => {
            const under = tf.stridedSlice(
              padded,
              [0, i, j, 0],
              [n, i + (outHeight - 1) * strideHeight + 1, j + (outWidth - 1) * strideWidth + 1, channels],
              [1, strideHeight, strideWidth, 1],
            );
            return tf.matMul(tf.transpose(tf.reshape(under, [pixels, channels])), rows);
          }),
        );
    return tf.reshape(tf.stack(places), filterShape);
  });
}

/**
 * The gradient of a convolution at its input, `inputShape`: the convolution of `dy`, spread out by the stride, with
 * the filter turned by half a turn, its channels swapped.
 */
export function conv2dInputGradient(
  inputShape: Shape4D,
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  { strides, pad }: ConvAttributes,
): tf.Tensor4D {
  return tf.tidy(() => {
    const info = tf.backend_util.computeConv2DInfo(inputShape, filter.shape, strides, 1, pad);
    const { padInfo, filterHeight, filterWidth, strideHeight, strideWidth } = info;
    const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]) as tf.Tensor4D;
    const spread = spreadOut(dy, strideHeight, strideWidth);
    const [, height, width] = inputShape;
    const top = filterHeight - 1 - padInfo.top;
    const left = filterWidth - 1 - padInfo.left;
    const [, dyHeight, dyWidth] = spread.shape;
    const bottom = height - (dyHeight + top - filterHeight + 1);
    const right = width - (dyWidth + left - filterWidth + 1);
    return tf.conv2d(padImage(spread, { top, bottom, left, right }), turned, 1, 'valid');
  });
}

/** Zeros added around; negative amounts cut off. */
function padImage(
  x: tf.Tensor4D,
  { top, bottom, left, right }: Readonly<Record<'top' | 'bottom' | 'left' | 'right', number>>,
): tf.Tensor4D {
  const amounts = [top, bottom, left, right];
  if (amounts.every((amount) => amount === 0)) return x;
  const [n, height, width, channels] = x.shape;
  const cut = amounts.some((amount) => amount < 0)
    ? tf.slice(
        x,
        [0, Math.max(0, -top), Math.max(0, -left), 0],
        [n, height + Math.min(0, top) + Math.min(0, bottom), width + Math.min(0, left) + Math.min(0, right), channels],
      )
    : x;
  return tf.pad(cut, [
    [0, 0],
    [Math.max(0, top), Math.max(0, bottom)],
    [Math.max(0, left), Math.max(0, right)],
    [0, 0],
  ]);
}

/** stride − 1 zeros between the pixels: [n, (h − 1)·stride + 1, (w − 1)·stride + 1, c]. */
function spreadOut(x: tf.Tensor4D, strideHeight: number, strideWidth: number): tf.Tensor4D {
  if (strideHeight === 1 && strideWidth === 1) return x;
  const [n, height, width, channels] = x.shape;
  const wide = tf.pad(tf.reshape(x, [n * height * width, 1, channels]), [
    [0, 0],
    [0, strideWidth - 1],
    [0, 0],
  ]);
  const row = width * strideWidth * channels;
  const tall = tf.pad(tf.reshape(wide, [n * height, 1, row]), [
    [0, 0],
    [0, strideHeight - 1],
    [0, 0],
  ]);
  const all = tf.reshape(tall, [n, height * strideHeight, width * strideWidth, channels]) as tf.Tensor4D;
  return padImage(all, { top: 0, left: 0, bottom: 1 - strideHeight, right: 1 - strideWidth });
}
