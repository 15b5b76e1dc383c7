import { FaceError } from '../core/errors';
import type { Graph, Node } from './graph';
import { inferShapes } from './shapes';

/**
 * The network in two: `before` ends with the value of the node `at`, `after` begins with it as its only input (of that
 * name) and has the outputs. Weights keep their names. Throws `nn/bad-graph` where there is no such node, or where
 * something after it reads a value from before it.
 */
export function cutGraph(graph: Graph, at: string): { readonly before: Graph; readonly after: Graph } {
  const shapes = inferShapes(graph);
  const shape = shapes.get(at);
  if (!shape) throw new FaceError('nn/bad-graph', { graph: graph.name, reason: `there is no ${at} to cut at` });
  const kept = ancestors(graph, at);
  const before = { ...graph, nodes: graph.nodes.filter(({ name }) => kept.has(name)), outputs: [at] };
  const input: Node = { op: 'input', shape, name: at, inputs: [] };
  const after = { ...graph, nodes: [input, ...graph.nodes.filter(({ name }) => !kept.has(name))] };
  inferShapes(after);
  return { before, after };
}

/** The node and all nodes that its value depends on. */
function ancestors(graph: Graph, at: string): Set<string> {
  const found = new Set([at]);
  for (const node of graph.nodes.toReversed())
    if (found.has(node.name)) for (const name of node.inputs) found.add(name);
  return found;
}

/** The same network for `batch` inputs at once. */
export function withBatch(graph: Graph, batch: number): Graph {
  const nodes = graph.nodes.map((node) =>
    node.op === 'input' ? { ...node, shape: [batch, ...node.shape.slice(1)] } : node,
  );
  return { ...graph, nodes };
}
