import { GraphBuilder } from '../nn/builder';
import type { Graph } from '../nn/graph';

/**
 * MTCNN's three networks: how their weights are stored. The networks were trained on pictures with x and y swapped; the
 * stored weights are turned once, at conversion, so that the graphs take ordinary pictures [n, height, width, RGB]:
 *  - a kernel is [out, kh, kw, in], with kh and kw swapped against the published arrays;
 *  - the matrix after a flatten ([out, h · w · c] in the order height, width, channel) has h and w of its columns
 *    swapped likewise;
 *  - the outputs stay in the published order, which is already that of ordinary pictures: classes (no face, face), box
 *    regression x0, y0, x1, y1 in parts of the box's side, points x0…x4, y0…y4 in parts of the box.
 * Names: `PNet/conv1/weights`, `PNet/conv1/biases`, `PNet/prelu1/alpha` and so on; likewise `RNet/…` and `ONet/…`.
 *
 * Input to all three: RGB, (x − 127.5) · 0.0078125.
 */
export const MTCNN_STANDARDISATION = { mean: 127.5, scale: 0.0078125 } as const;

/** One P-Net cell looks at 12×12 pixels; cells are 2 pixels apart. */
export const PNET_CELL = 12;
export const PNET_STRIDE = 2;

const LAYERS = [
  { conv: 'conv1', kernel: [3, 3], out: 10, prelu: 'prelu1', pool: 'pool1' },
  { conv: 'conv2', kernel: [3, 3], out: 16, prelu: 'prelu2' },
  { conv: 'conv3', kernel: [3, 3], out: 32, prelu: 'prelu3' },
] as const;

/**
 * P-Net on [1, height, width, 3]. Outputs: probability of (no face, face) [1, h, w, 2] and box regression
 * [1, h, w, 4]; cell (i, j) covers the 12×12 pixels from (2 j, 2 i).
 */
export function pnet(size: { readonly height: number; readonly width: number }): Graph {
  const g = new GraphBuilder('PNet');
  const x = g.input('PNet/input', [1, size.height, size.width, 3]);
  return g.graph(pnetLayers(g, x, 'PNet'));
}

/** P-Net's layers on the value `x`, named after `prefix`; the weights are P-Net's whatever the prefix. */
export function pnetLayers(g: GraphBuilder, x: string, prefix: string): [probability: string, regression: string] {
  let y = x;
  for (const { conv, kernel, out, prelu, ...rest } of LAYERS) {
    y = g.conv(`${prefix}/${conv}`, y, { kernel, out, scope: `PNet/${conv}` });
    y = g.add(`${prefix}/${prelu}`, y, { op: 'prelu', alpha: `PNet/${prelu}/alpha` });
    if ('pool' in rest) y = g.add(`${prefix}/${rest.pool}`, y, { op: 'maxPool', size: 2, stride: 2, padding: 'ceil' });
  }
  const logits = g.conv(`${prefix}/conv4_1`, y, { kernel: [1, 1], out: 2, scope: 'PNet/conv4_1' });
  const probability = g.add(`${prefix}/prob`, logits, { op: 'softmax' });
  const regression = g.conv(`${prefix}/conv4_2`, y, { kernel: [1, 1], out: 4, scope: 'PNet/conv4_2' });
  return [probability, regression];
}
