import type { GraphBuilder } from '../nn/builder';

interface Backbone {
  readonly scope: string;
  /** Square kernels without padding; a pool of stride 2 that rounds up where `pool` gives its size. */
  readonly layers: readonly {
    readonly name: string;
    readonly kernel: number;
    readonly out: number;
    readonly pool?: number;
  }[];
  readonly dense: string;
  readonly out: number;
  readonly prelu: string;
}

/** What R-Net and O-Net share: convolutions, each with PReLU and perhaps a pool, then one dense layer with PReLU. */
export function mtcnnBackbone(g: GraphBuilder, x: string, { scope, layers, dense, out, prelu }: Backbone): string {
  let y = x;
  for (const layer of layers) {
    y = g.conv(`${scope}/conv${layer.name}`, y, { kernel: [layer.kernel, layer.kernel], out: layer.out });
    y = activation(g, `${scope}/prelu${layer.name}`, y);
    if (layer.pool)
      y = g.add(`${scope}/pool${layer.name}`, y, { op: 'maxPool', size: layer.pool, stride: 2, padding: 'ceil' });
  }
  y = g.add(`${scope}/flatten`, y, { op: 'flatten' });
  y = g.dense(`${scope}/${dense}`, y, { out });
  return activation(g, `${scope}/${prelu}`, y);
}

/** The probability of (no face, face) [batch, 2]. */
export function mtcnnHead(g: GraphBuilder, features: string, scope: string): string {
  return g.add(`${scope}/prob`, g.dense(`${scope}/fc2_1`, features, { out: 2 }), { op: 'softmax' });
}

function activation(g: GraphBuilder, name: string, x: string): string {
  return g.add(name, x, { op: 'prelu', alpha: `${name}/alpha` });
}
