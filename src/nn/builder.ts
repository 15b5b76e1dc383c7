import type { Graph, Node, Op } from './graph';

type OpOf<K extends Op['op']> = Extract<Op, { op: K }>;
type DepthwiseTable = Pick<OpOf<'depthwiseConv2d'>, 'kernel'> &
  Partial<Pick<OpOf<'depthwiseConv2d'>, 'stride' | 'padding'>>;
type ConvTable = Pick<OpOf<'conv2d'>, 'kernel' | 'out'> & Partial<Pick<OpOf<'conv2d'>, 'stride' | 'padding'>>;

/** Where a node's weights come from: `scope` when several nodes share them (default: the node's own name). */
interface Scoped {
  readonly scope?: string;
  /** Default: true, as `<scope>/biases`. */
  readonly bias?: boolean;
}

/** Collects nodes in order; every method returns the new node's name, which is the next one's input. */
export class GraphBuilder {
  private readonly nodes: Node[] = [];

  constructor(private readonly name: string) {}

  /** Adds a node with one input, several, or (the input node) none. */
  add(name: string, inputs: string | readonly string[], op: Op): string {
    this.nodes.push({ ...op, name, inputs: typeof inputs === 'string' ? [inputs] : inputs });
    return name;
  }

  input(name: string, shape: readonly number[]): string {
    return this.add(name, [], { op: 'input', shape });
  }

  /** Weights `<scope>/weights`, bias `<scope>/biases`; stride 1 and no padding unless given. */
  conv(name: string, x: string, options: ConvTable & Scoped): string {
    const { kernel, out, stride = 1, padding = 'valid', scope = name, bias = true } = options;
    const weights = `${scope}/weights`;
    return this.add(name, x, { op: 'conv2d', kernel, stride, padding, out, weights, ...biasOf(scope, bias) });
  }

  /** Weights `<scope>/weights`, bias `<scope>/biases`; stride 1 and no padding unless given. */
  depthwiseConv(name: string, x: string, options: DepthwiseTable & Scoped): string {
    const { kernel, stride = 1, padding = 'valid', scope = name, bias = true } = options;
    const weights = `${scope}/weights`;
    return this.add(name, x, { op: 'depthwiseConv2d', kernel, stride, padding, weights, ...biasOf(scope, bias) });
  }

  /** Weights `<scope>/weights`, bias `<scope>/biases`. */
  dense(name: string, x: string, options: { readonly out: number } & Scoped): string {
    const { out, scope = name, bias = true } = options;
    return this.add(name, x, { op: 'dense', out, weights: `${scope}/weights`, ...biasOf(scope, bias) });
  }

  graph(outputs: readonly string[]): Graph {
    return { name: this.name, nodes: this.nodes, outputs };
  }
}

function biasOf(scope: string, bias: boolean): { bias?: string } {
  return bias ? { bias: `${scope}/biases` } : {};
}
