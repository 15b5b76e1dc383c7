import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';

type Shape4D = [number, number, number, number];
interface Attributes {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly filterShape?: Shape4D;
  readonly inputShape?: Shape4D;
}

/**
 * Gradients of convolutions for tfjs's WASM backend, built from operations that it has: it lacks those for filters and
 * depthwise ones, and its own for the input is many times slower than its convolution. Calling it again does nothing.
 */
export function registerWasmKernels(): void {
  for (const depthwise of [false, true]) {
    const name = depthwise ? 'DepthwiseConv2dNativeBackprop' : 'Conv2DBackprop';
    register(`${name}Filter`, ({ x, dy }, attributes) =>
      filterGradient(x as tf.Tensor4D, dy as tf.Tensor4D, attributes, depthwise),
    );
    register(`${name}Input`, ({ dy, filter }, attributes) =>
      inputGradient(dy as tf.Tensor4D, filter as tf.Tensor4D, attributes, depthwise),
    );
  }
}

function register(
  kernelName: string,
  run: (inputs: Readonly<Record<string, tf.Tensor>>, attributes: Attributes) => tf.Tensor,
) {
  const present = tf.getKernel(kernelName, 'wasm') as tf.KernelConfig | undefined;
  if (present && present.kernelFunc === ours.get(kernelName)) return;
  if (present) tf.unregisterKernel(kernelName, 'wasm');
  const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) => {
    // A kernel receives a tensor's description, not always the tensor.
    const tensors = Object.fromEntries(Object.entries(inputs).map(([name, info]) => [name, asTensor(info!)]));
    return tf.tidy(() => run(tensors, attrs as unknown as Attributes));
  };
  ours.set(kernelName, kernelFunc);
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
}
const ours = new Map<string, tf.KernelFunc>();

function asTensor(info: tf.TensorInfo): tf.Tensor {
  return isTensor(info) ? info : tf.engine().makeTensorFromTensorInfo(info);
}

const isTensor = (info: tf.TensorInfo): info is tf.Tensor => info instanceof tf.Tensor;

/**
 * The gradient of a convolution at its filter, [kh, kw, in, out]: for each place of the window a product of the pixels
 * under it, [in, pixels], with `dy`, [pixels, out]. Depthwise, [kh, kw, channels, 1]: the sum over pixels of the products.
 * `x` [n, h, w, in].
 */
function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  { filterShape, strides, pad }: Attributes,
  depthwise: boolean,
): tf.Tensor4D {
  return tf.tidy(() => {
    const [, , channels, out] = filterShape!;
    const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape!, strides, 1, pad, undefined, depthwise);
    const product = (under: tf.Tensor4D) => {
      const rows = tf.reshape(dy, [-1, out]);
      return tf.matMul(tf.transpose(tf.reshape(under, [rows.shape[0], channels])), rows);
    };
    const places = placesUnder(x, info, (under) => (depthwise ? tf.sum(tf.mul(under, dy), [0, 1, 2]) : product(under)));
    return tf.reshape(tf.stack(places), filterShape!);
  });
}

/** `f` of the pixels under each place of the window, [n, rows, columns, channels], place by place. */
function placesUnder(
  x: tf.Tensor4D,
  info: tf.backend_util.Conv2DInfo,
  f: (under: tf.Tensor4D) => tf.Tensor,
): tf.Tensor[] {
  const { padInfo, outHeight, outWidth, strideHeight, strideWidth, filterHeight, filterWidth } = info;
  const padded = padImage(x, padInfo);
  const size: [number, number] = [(outHeight - 1) * strideHeight + 1, (outWidth - 1) * strideWidth + 1];
  const places: tf.Tensor[] = [];
  for (let i = 0; i < filterHeight; i++)
    for (let j = 0; j < filterWidth; j++)
      places.push(tf.tidy(() => f(strided(part(padded, [i, j], size), strideHeight, strideWidth))));
  return places;
}

/**
 * The gradient of a convolution at its input. Pixels whose places modulo the stride are the same (a phase) are reached by the
 * same places of the window: each phase is a convolution of `dy` with those, turned by half a turn and with channels swapped
 * (depthwise ones stay apart), so that no zero between strides is multiplied.
 */
function inputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  { inputShape, strides, pad }: Attributes,
  depthwise: boolean,
): tf.Tensor4D {
  const { inShape, padInfo, filterHeight, filterWidth, strideHeight, strideWidth } = tf.backend_util.computeConv2DInfo(
    inputShape!,
    filter.shape,
    strides,
    1,
    pad,
    undefined,
    depthwise,
  );
  const [, , inputs, out] = filter.shape;
  /** One phase, from `dy` padded and the filter's places that reach it, turned; `size` of them down and along. */
  const convolve = (padded: tf.Tensor4D, taps: tf.Tensor, [rows, columns]: readonly [number, number]): tf.Tensor4D => {
    if (depthwise) return tf.depthwiseConv2d(padded, tf.reshape(taps, [rows, columns, inputs, 1]), 1, 'valid');
    const turned = tf.transpose(tf.reshape(taps, [rows * columns, inputs, out]), [0, 2, 1]);
    return tf.conv2d(padded, tf.reshape(turned, [rows, columns, out, inputs]), 1, 'valid');
  };
  return tf.tidy(() => {
    const [n, height, width, channels] = inShape;
    const down = phasesOf(height, padInfo.top, strideHeight, filterHeight, dy.shape[1]);
    const along = phasesOf(width, padInfo.left, strideWidth, filterWidth, dy.shape[2]);
    const places = rowsOf(tf.reshape(filter, [filterHeight * filterWidth, -1]));
    const bands = down.phases.map(({ taps: rows, before: top, after: bottom }) => {
      const phases = along.phases.map(({ taps: columns, before: left, after: right }) => {
        if (rows.length * columns.length === 0) return tf.zeros([n, down.count, along.count, channels]);
        const taps = rows.flatMap((row) => columns.map((column) => places[row * filterWidth + column]!));
        return convolve(padImage(dy, { top, bottom, left, right }), joined(taps, 0), [rows.length, columns.length]);
      });
      return tf.reshape(joined(phases, 3), [n, down.count, along.count * strideWidth * channels]);
    });
    const all: tf.Tensor4D = tf.reshape(joined(bands, 2), [
      n,
      down.count * strideHeight,
      along.count * strideWidth,
      channels,
    ]);
    return part(all, [down.skipped, along.skipped], [height, width]);
  });
}

/**
 * One axis of an input of `length` pixels after `padding`: pixel y = stride · q + phase − padding. All phases have the same
 * `count` of q, the first of which gives `skipped` pixels outside. For each phase: the window's places that reach it, the
 * last one first, and the padding of `dy`.
 */
function phasesOf(length: number, padding: number, stride: number, window: number, dyLength: number) {
  const from = Math.floor(padding / stride);
  const to = Math.floor((length - 1 + padding) / stride);
  const phases = Array.from({ length: stride }, (_, phase) => {
    const taps: number[] = [];
    for (let tap = phase; tap < window; tap += stride) taps.unshift(tap);
    return { taps, before: taps.length - 1 - from, after: to - (dyLength - 1) };
  });
  return { count: to - from + 1, skipped: padding - from * stride, phases };
}

function rowsOf(x: tf.Tensor2D): tf.Tensor[] {
  return x.shape[0] === 1 ? [x] : tf.split(x, x.shape[0], 0);
}

function joined(tensors: tf.Tensor[], axis: number): tf.Tensor {
  return tensors.length === 1 ? tensors[0]! : tf.concat(tensors, axis);
}

/** A part of the rows and columns of an image, cut as rows of numbers: the longer the runs, the quicker. */
function part(x: tf.Tensor4D, [top, left]: [number, number], [height, width]: [number, number]): tf.Tensor4D {
  const [n, rows, columns, channels] = x.shape;
  if (height === rows && width === columns) return x;
  const lines = tf.reshape(x, [n, rows, columns * channels]);
  const cut = tf.slice(lines, [0, top, left * channels], [n, height, width * channels]);
  return tf.reshape(cut, [n, height, width, channels]);
}

/**
 * Every `down`-th row and `along`-th column of an image, from the first on. Not `stridedSlice`, which copies number by number.
 */
function strided(x: tf.Tensor4D, down: number, along: number): tf.Tensor4D {
  if (down === 1 && along === 1) return x;
  const [n, height, width, channels] = x.shape;
  const [rows, columns] = [Math.ceil(height / down), Math.ceil(width / along)];
  const whole = padImage(x, { top: 0, left: 0, bottom: rows * down - height, right: columns * along - width });
  const groups = tf.reshape(whole, [n * rows, down * columns * along * channels]);
  const lines = tf.slice(groups, [0, 0], [n * rows, columns * along * channels]);
  const first = tf.slice(tf.reshape(lines, [n * rows * columns, along * channels]), [0, 0], [-1, channels]);
  return tf.reshape(first, [n, rows, columns, channels]);
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
