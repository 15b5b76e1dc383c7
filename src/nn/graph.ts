/**
 * A network as plain data: a list of nodes in the order they run, each with its operation, its inputs by name and the
 * names of its weights. Nothing here runs anything; `litert.ts` and `tfjs.ts` do, and must give the same numbers.
 * Activations are [batch, height, width, channels] or [batch, features].
 */

/** `valid`: no padding. `same`: TensorFlow's. `ceil`: none before, and after just enough that the output size rounds up (pools only). */
export type Padding = 'valid' | 'same' | 'ceil';

export type Op =
  | { readonly op: 'input'; readonly shape: readonly number[] }
  /** `weights` [out, kh, kw, in]; `bias` [out] if any. */
  | {
      readonly op: 'conv2d';
      readonly kernel: readonly [number, number];
      readonly stride: number;
      readonly padding: 'valid' | 'same';
      readonly out: number;
      readonly weights: string;
      readonly bias?: string;
    }
  /** Each channel by a window of its own, so that there are as many after it. `weights` [channels, kh, kw, 1]; `bias` [channels] if any. */
  | {
      readonly op: 'depthwiseConv2d';
      readonly kernel: readonly [number, number];
      readonly stride: number;
      readonly padding: 'valid' | 'same';
      readonly weights: string;
      readonly bias?: string;
    }
  /** (x − mean) / √(variance + epsilon) + beta: the original has no gamma. */
  | {
      readonly op: 'batchNorm';
      readonly mean: string;
      readonly variance: string;
      readonly beta: string;
      readonly epsilon: number;
    }
  /** x · scale + offset, each one number a channel. */
  | { readonly op: 'scaleOffset'; readonly scale: string; readonly offset: string }
  | { readonly op: 'relu' }
  /** x where positive, x · alpha elsewhere; alpha one number a channel. */
  | { readonly op: 'prelu'; readonly alpha: string }
  | { readonly op: 'add' }
  /** Along the channels (last axis). */
  | { readonly op: 'concat' }
  /** x · value: the residual scale. */
  | { readonly op: 'multiply'; readonly value: number }
  | { readonly op: 'maxPool' | 'avgPool'; readonly size: number; readonly stride: number; readonly padding: Padding }
  /** Zeros added below, to the right and after the last channel. */
  | { readonly op: 'pad'; readonly bottom: number; readonly right: number; readonly channels: number }
  /** Channels `begin` to `begin + channels − 1` of the last axis. */
  | { readonly op: 'slice'; readonly begin: number; readonly channels: number }
  /** Mean over height and width: [n, h, w, c] → [n, c]. */
  | { readonly op: 'globalAvgPool' }
  /** [n, …] → [n, product of the rest]. */
  | { readonly op: 'flatten' }
  /** `weights` [out, in]; `bias` [out] if any. */
  | { readonly op: 'dense'; readonly out: number; readonly weights: string; readonly bias?: string }
  /** Bilinear, half-pixel centres, no antialias. */
  | { readonly op: 'resize'; readonly height: number; readonly width: number }
  /** Along the last axis. */
  | { readonly op: 'softmax' }
  /** Identity when not training. */
  | { readonly op: 'dropout'; readonly keep: number }
  /** Each row of the last axis scaled to length 1. */
  | { readonly op: 'l2Normalise' };

export type Node = Op & { readonly name: string; readonly inputs: readonly string[] };

export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  /** Names of the nodes whose values are the results, in order. */
  readonly outputs: readonly string[];
}

/** An operation with weights and, if any, a bias: each number of its result is a sum of products. */
export type Linear = Extract<Node, { op: 'conv2d' | 'depthwiseConv2d' | 'dense' }>;

/** How often each node's value is read, as an input or as an output of the graph. */
export function readerCounts(graph: Graph): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of [...graph.nodes.flatMap((node) => node.inputs), ...graph.outputs])
    counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

export function isLinear(node: Node): node is Linear {
  return node.op === 'conv2d' || node.op === 'depthwiseConv2d' || node.op === 'dense';
}
