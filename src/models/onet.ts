import { GraphBuilder } from '../nn/builder';
import type { Graph } from '../nn/graph';
import { mtcnnHead, mtcnnBackbone } from './mtcnnParts';

/** Side of O-Net's square input, pixels. */
export const ONET_SIZE = 48;

const LAYERS = [
  { name: '1', kernel: 3, out: 32, pool: 3 },
  { name: '2', kernel: 3, out: 64, pool: 3 },
  { name: '3', kernel: 3, out: 64, pool: 2 },
  { name: '4', kernel: 2, out: 128 },
] as const;

/**
 * O-Net on [batch, 48, 48, 3] (weights and standardisation: see `pnet.ts`). Outputs: probability of (no face, face)
 * [batch, 2], box regression [batch, 4], points [batch, 10] (x of the five, then y).
 */
export function onet(options: { readonly batch: number }): Graph {
  const g = new GraphBuilder('ONet');
  const x = g.input('ONet/input', [options.batch, ONET_SIZE, ONET_SIZE, 3]);
  const features = mtcnnBackbone(g, x, { scope: 'ONet', layers: LAYERS, dense: 'fc1', out: 256, prelu: 'prelu5' });
  const probability = mtcnnHead(g, features, 'ONet');
  return g.graph([
    probability,
    g.dense('ONet/fc2_2', features, { out: 4 }),
    g.dense('ONet/fc2_3', features, { out: 10 }),
  ]);
}
