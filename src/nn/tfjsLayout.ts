import type { Graph } from './graph';

/** tfjs's order of our kernel axes ([out, kh, kw, in]; depthwise [channels, kh, kw, 1]). */
const CONV = [1, 2, 3, 0] as const;
const DEPTHWISE = [1, 2, 0, 3] as const;

/** The order of axes in tfjs of each of the graph's kernels, by name; all other weights lie as they are. */
export function tfjsAxes(graph: Graph): Map<string, readonly number[]> {
  const axes = new Map<string, readonly number[]>();
  for (const node of graph.nodes) {
    if (node.op === 'conv2d') axes.set(node.weights, CONV);
    else if (node.op === 'depthwiseConv2d') axes.set(node.weights, DEPTHWISE);
  }
  return axes;
}

/** The inverse permutation. */
export function inverseAxes(order: readonly number[]): number[] {
  return order.map((_, axis) => order.indexOf(axis));
}
