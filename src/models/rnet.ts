import { GraphBuilder } from '../nn/builder';
import type { Graph } from '../nn/graph';
import { mtcnnHead, mtcnnBackbone } from './mtcnnParts';

/** Side of R-Net's square input, pixels. */
export const RNET_SIZE = 24;

const LAYERS = [
  { name: '1', kernel: 3, out: 28, pool: 3 },
  { name: '2', kernel: 3, out: 48, pool: 3 },
  { name: '3', kernel: 2, out: 64 },
] as const;

/**
 * R-Net on [batch, 24, 24, 3] (weights and standardisation: see `pnet.ts`). Outputs: probability of (no face, face)
 * [batch, 2] and box regression [batch, 4].
 */
export function rnet(options: { readonly batch: number }): Graph {
  const g = new GraphBuilder('RNet');
  const x = g.input('RNet/input', [options.batch, RNET_SIZE, RNET_SIZE, 3]);
  const features = mtcnnBackbone(g, x, { scope: 'RNet', layers: LAYERS, dense: 'fc1', out: 128, prelu: 'prelu4' });
  return g.graph([mtcnnHead(g, features, 'RNet'), g.dense('RNet/fc2_2', features, { out: 4 })]);
}
