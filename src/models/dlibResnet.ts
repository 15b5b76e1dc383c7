import { GraphBuilder } from '../nn/builder';
import type { Graph } from '../nn/graph';

/** Side of the square input, pixels. */
export const DLIB_SIZE = 150;
/** Length of the embedding, which is not normalised. */
export const DLIB_EMBEDDING = 128;

const STEM = { name: 'conv32_down', kernel: [7, 7], out: 32, stride: 2 } as const;

/** In order. A block called `…_down…` halves height and width and may widen. */
const BLOCKS = [
  { name: 'conv32_1', out: 32 },
  { name: 'conv32_2', out: 32 },
  { name: 'conv32_3', out: 32 },
  { name: 'conv64_down', out: 64, down: { channels: 32, padded: false } },
  { name: 'conv64_1', out: 64 },
  { name: 'conv64_2', out: 64 },
  { name: 'conv64_3', out: 64 },
  { name: 'conv128_down', out: 128, down: { channels: 64, padded: false } },
  { name: 'conv128_1', out: 128 },
  { name: 'conv128_2', out: 128 },
  { name: 'conv256_down', out: 256, down: { channels: 128, padded: true } },
  { name: 'conv256_1', out: 256 },
  { name: 'conv256_2', out: 256 },
  { name: 'conv256_down_out', out: 256, down: { channels: 0, padded: true } },
] as const;

/**
 * dlib's face recognition ResNet as face-api.js carries it, on [batch, 150, 150, 3]: RGB, (x − mean) / 256. Output:
 * [batch, 128], not normalised. Every convolution is followed by a scale and an offset per channel
 * (`DlibResnet/conv32_1/conv1/{weights,biases,scale,offset}`); `fold` takes them into the convolution.
 * `down.channels`: zero channels added to the shortcut; `down.padded`: the main path, one pixel smaller than the
 * shortcut there, gets a row and a column of zeros.
 */
export function dlibResnet(options: { readonly batch: number }): Graph {
  const g = new GraphBuilder('DlibResnet');
  let x = g.input('DlibResnet/input', [options.batch, DLIB_SIZE, DLIB_SIZE, 3]);
  x = scaledConv(g, `DlibResnet/${STEM.name}`, x, { ...STEM, padding: 'valid' });
  x = relu(g, `DlibResnet/${STEM.name}`, x);
  x = g.add('DlibResnet/pool', x, { op: 'maxPool', size: 3, stride: 2, padding: 'valid' });
  for (const block of BLOCKS) x = residual(g, x, block);
  x = g.add('DlibResnet/mean', x, { op: 'globalAvgPool' });
  return g.graph([g.dense('DlibResnet/fc', x, { out: DLIB_EMBEDDING, bias: false })]);
}

interface Block {
  readonly name: string;
  readonly out: number;
  readonly down?: { readonly channels: number; readonly padded: boolean };
}

function residual(g: GraphBuilder, x: string, { name, out, down }: Block): string {
  const scope = `DlibResnet/${name}`;
  const first = down ? ({ stride: 2, padding: 'valid' } as const) : ({ stride: 1, padding: 'same' } as const);
  let main = scaledConv(g, `${scope}/conv1`, x, { kernel: [3, 3], out, ...first });
  main = relu(g, `${scope}/conv1`, main);
  main = scaledConv(g, `${scope}/conv2`, main, { kernel: [3, 3], out, stride: 1, padding: 'same' });
  let shortcut = x;
  if (down) {
    shortcut = g.add(`${scope}/shortcut`, x, { op: 'avgPool', size: 2, stride: 2, padding: 'valid' });
    if (down.channels > 0) shortcut = pad(g, `${scope}/widened`, shortcut, { channels: down.channels });
    if (down.padded) main = pad(g, `${scope}/padded`, main, { bottom: 1, right: 1 });
  }
  return relu(g, scope, g.add(`${scope}/add`, [shortcut, main], { op: 'add' }));
}

interface Conv {
  readonly kernel: readonly [number, number];
  readonly out: number;
  readonly stride: number;
  readonly padding: 'valid' | 'same';
}

function scaledConv(g: GraphBuilder, name: string, x: string, { kernel, out, stride, padding }: Conv): string {
  const y = g.conv(name, x, { kernel, out, stride, padding });
  return g.add(`${name}/scaled`, y, { op: 'scaleOffset', scale: `${name}/scale`, offset: `${name}/offset` });
}

function relu(g: GraphBuilder, scope: string, x: string): string {
  return g.add(`${scope}/relu`, x, { op: 'relu' });
}

function pad(g: GraphBuilder, name: string, x: string, by: { bottom?: number; right?: number; channels?: number }) {
  return g.add(name, x, { op: 'pad', bottom: 0, right: 0, channels: 0, ...by });
}
