import type { WeightTensor, Weights } from '../core/weights';
import { flushDenormals } from './flushDenormals';
import { isLinear, readerCounts, type Graph, type Linear, type Node, type Op } from './graph';
import { checkWeights, weightShapes } from './shapes';
import { toFloat32 } from './weightValues';

type PerChannel = Extract<Op, { op: 'batchNorm' | 'scaleOffset' | 'multiply' }>;

/** A convolution or dense layer, followed by y · factor[c] + offset[c] for each output channel c. */
interface Folded {
  readonly node: Linear;
  readonly factor: Float64Array;
  readonly offset: Float64Array;
}

/**
 * The same network for inference: batch norm, scale and offset, and residual scale that follow a convolution or dense
 * layer directly go into its weights and bias; dropout goes. float16 weights that change become float32; int8 weights
 * stay int8, their scale changing. A layer without bias gets `<node>/biases`. Names of nodes that remain do not change.
 * Denormal weights become zero.
 * Throws as `checkWeights`.
 */
export function fold(graph: Graph, weights: Weights): { graph: Graph; weights: Weights } {
  checkWeights(graph, weights);
  const plain = withoutDropout(graph);
  const readers = readerCounts(plain);
  const layers = new Map<string, Folded>();
  const renamed = new Map<string, string>();
  const nodes: Node[] = [];
  for (const original of plain.nodes) {
    const node = { ...original, inputs: original.inputs.map((name) => renamed.get(name) ?? name) };
    const before = isPerChannel(node) ? layers.get(node.inputs[0]!) : undefined;
    if (before && isPerChannel(node) && readers.get(original.inputs[0]!) === 1) {
      absorb(before, node, weights);
      renamed.set(node.name, before.node.name);
      continue;
    }
    if (isLinear(node)) layers.set(node.name, identity(node, weights));
    nodes.push(node);
  }
  const changed = new Map<string, WeightTensor>();
  const used = countUses(nodes);
  const folded: Graph = {
    name: graph.name,
    nodes: nodes.map((node) => foldedNode(node, layers.get(node.name), weights, used, changed)),
    outputs: plain.outputs.map((name) => renamed.get(name) ?? name),
  };
  const needed = [...weightShapes(folded).keys()];
  const kept = new Map(needed.map((name) => [name, changed.get(name) ?? weights.get(name)!]));
  return { graph: folded, weights: flushDenormals(kept) };
}

function withoutDropout(graph: Graph): Graph {
  const renamed = new Map<string, string>();
  const rename = (name: string) => renamed.get(name) ?? name;
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    if (node.op === 'dropout') renamed.set(node.name, rename(node.inputs[0]!));
    else nodes.push({ ...node, inputs: node.inputs.map(rename) });
  }
  return { name: graph.name, nodes, outputs: graph.outputs.map(rename) };
}

/** How many layers use each kernel, matrix or bias. */
function countUses(nodes: readonly Node[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const node of nodes)
    if (isLinear(node))
      for (const name of [node.weights, node.bias]) if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function isPerChannel(op: Op): op is PerChannel {
  return op.op === 'batchNorm' || op.op === 'scaleOffset' || op.op === 'multiply';
}

function identity(node: Linear, weights: Weights): Folded {
  const channels = weights.get(node.weights)!.shape[0]!;
  return { node, factor: new Float64Array(channels).fill(1), offset: new Float64Array(channels) };
}

function absorb({ factor, offset }: Folded, op: PerChannel, weights: Weights): void {
  const read = (name: string) => toFloat32(weights.get(name)!);
  const apply = (channel: number, a: number, b: number) => {
    factor[channel]! *= a;
    offset[channel] = offset[channel]! * a + b;
  };
  if (op.op === 'multiply') {
    factor.forEach((_, c) => apply(c, op.value, 0));
  } else if (op.op === 'scaleOffset') {
    const [scale, shift] = [read(op.scale), read(op.offset)];
    factor.forEach((_, c) => apply(c, scale[c]!, shift[c]!));
  } else {
    const [mean, variance, beta] = [read(op.mean), read(op.variance), read(op.beta)];
    factor.forEach((_, c) => {
      const a = 1 / Math.sqrt(variance[c]! + op.epsilon);
      apply(c, a, beta[c]! - mean[c]! * a);
    });
  }
}

/** The node with its new weights, which are added to `changed`; a node without folded operations is not changed. */
function foldedNode(
  node: Node,
  layer: Folded | undefined,
  weights: Weights,
  used: ReadonlyMap<string, number>,
  changed: Map<string, WeightTensor>,
): Node {
  if (!layer || !isLinear(node)) return node;
  const { factor, offset } = layer;
  if (factor.every((a) => a === 1) && offset.every((b) => b === 0)) return node;
  const shared = used.get(node.weights)! > 1 || (node.bias !== undefined && used.get(node.bias)! > 1);
  const kernel = shared ? `${node.name}/weights` : node.weights;
  const bias = shared || node.bias === undefined ? `${node.name}/biases` : node.bias;
  changed.set(kernel, scaled(weights.get(node.weights)!, factor));
  const old = node.bias === undefined ? undefined : toFloat32(weights.get(node.bias)!);
  const data = Float32Array.from(factor, (a, c) => (old ? old[c]! * a : 0) + offset[c]!);
  changed.set(bias, { dtype: 'float32', shape: [data.length], data });
  return { ...node, weights: kernel, bias };
}

/** `tensor` with its output channel c multiplied by factor[c]. */
function scaled(tensor: WeightTensor, factor: Float64Array): WeightTensor {
  const perChannel = tensor.data.length / factor.length;
  if (tensor.dtype === 'int8') {
    // Scales stay positive, as TFLite wants them: a negative factor changes the sign of the channel's numbers.
    const data = factor.every((a) => a > 0)
      ? tensor.data
      : tensor.data.map((q, i) => signed(q, factor[Math.floor(i / perChannel)]!));
    const scale = tensor.scale.map((s, c) => (factor[c] === 0 ? s : s * Math.abs(factor[c]!)));
    return { ...tensor, data, scale };
  }
  const old = toFloat32(tensor);
  const data = new Float32Array(old.length);
  for (let channel = 0, i = 0; channel < factor.length; channel++)
    for (const end = i + perChannel; i < end; i++) data[i] = old[i]! * factor[channel]!;
  return { dtype: 'float32', shape: tensor.shape, data };
}

/** −128 has no opposite among 8-bit numbers; symmetric quantisation does not use it. */
function signed(q: number, factor: number): number {
  return factor > 0 ? q : factor < 0 ? Math.min(127, -q) : 0;
}
