import { GraphBuilder } from '../nn/builder';
import type { Graph } from '../nn/graph';

/** Side of the square input, pixels. */
export const MOBILE_FACE_NET_SIZE = 112;
/** Length of the embedding. */
export const MOBILE_FACE_NET_EMBEDDING = 192;

/**
 * Inverted residual blocks in order, by the original's scopes: 1×1 to `wide` channels, 3×3 depthwise, 1×1 to `out`. One
 * with stride 2 halves height and width; all others add their input.
 */
const BLOCKS = [
  ...blocks('Conv2d_2', 5, { wide: 128, out: 64, first: { stride: 2 } }),
  ...blocks('Conv2d_3', 1, { wide: 256, out: 128, first: { stride: 2 } }),
  ...blocks('Conv2d_4', 6, { wide: 256, out: 128 }),
  ...blocks('Conv2d_5', 1, { wide: 512, out: 128, first: { stride: 2 } }),
  ...blocks('Conv2d_6', 2, { wide: 256, out: 128 }),
] as const;

interface Block {
  readonly name: string;
  readonly wide: number;
  readonly out: number;
  readonly stride: number;
}

function blocks(
  name: string,
  count: number,
  { wide, out, first }: { readonly wide: number; readonly out: number; readonly first?: { readonly stride: number } },
): Block[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `${name}_InvResBlock_${i}`,
    wide,
    out,
    stride: (i === 0 && first?.stride) || 1,
  }));
}

/**
 * MobileFaceNet as sirius-ai/MobileFaceNet_TF publishes it, on [batch, 112, 112, 3]: RGB, (x − 127.5) / 128, five points on
 * ArcFace's template. Output: [batch, 192], of length 1. Batch norm is folded in the published file, so every layer has a
 * bias; names are the original's scopes below `MobileFaceNet/`: `<layer>/{weights,biases,alpha}`.
 */
export function mobileFaceNet(options: { readonly batch: number }): Graph {
  const g = new GraphBuilder('MobileFaceNet');
  const full = (layer: string) => `MobileFaceNet/${layer}`;
  const prelu = (layer: string, x: string) =>
    g.add(full(`${layer}/PRelu`), x, { op: 'prelu', alpha: full(`${layer}/alpha`) });
  const conv = (layer: string, x: string, out: number, kernel = 1, stride = 1) =>
    g.conv(full(layer), x, { kernel: [kernel, kernel], out, stride, padding: 'same' });
  const depthwise = (layer: string, x: string, stride: number) =>
    g.depthwiseConv(full(layer), x, { kernel: [3, 3], stride, padding: 'same' });

  let x = g.input('MobileFaceNet/input', [options.batch, MOBILE_FACE_NET_SIZE, MOBILE_FACE_NET_SIZE, 3]);
  x = prelu('Conv2d_0', conv('Conv2d_0', x, 64, 3, 2));
  x = prelu('SeparableConv2d', depthwise('SeparableConv2d', x, 1));
  x = conv('Conv', x, 64);
  for (const { name, wide, out, stride } of BLOCKS) {
    let y = prelu(`${name}/Conv`, conv(`${name}/Conv`, x, wide));
    y = prelu(`${name}/SeparableConv2d`, depthwise(`${name}/SeparableConv2d`, y, stride));
    y = conv(`${name}/Conv_1`, y, out);
    x = stride === 1 ? g.add(full(`${name}/Add`), [y, x], { op: 'add' }) : y;
  }
  x = prelu('Conv2d_7', conv('Conv2d_7', x, 512));
  // A window over the whole 7×7 picture: what MobileFaceNet has in place of the mean.
  x = g.depthwiseConv(full('Logits/SeparableConv2d'), x, { kernel: [7, 7] });
  x = g.conv(full('Logits/Conv'), x, { kernel: [1, 1], out: 512 });
  x = g.conv(full('Logits/LinearConv1x1'), x, { kernel: [1, 1], out: MOBILE_FACE_NET_EMBEDDING });
  x = g.add(full('Logits/SpatialSqueeze'), x, { op: 'flatten' });
  return g.graph([g.add('MobileFaceNet/embeddings', x, { op: 'l2Normalise' })]);
}
