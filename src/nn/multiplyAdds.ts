import type { Graph } from './graph';
import { inferShapes } from './shapes';

/** Multiplications with addition that one run of the graph takes: those of its convolutions and dense layers. */
export function multiplyAdds(graph: Graph): number {
  const shapes = inferShapes(graph);
  return graph.nodes.reduce((sum, node) => {
    if (node.op !== 'conv2d' && node.op !== 'dense') return sum;
    const window = node.op === 'conv2d' ? node.kernel[0] * node.kernel[1] : 1;
    const outputs = shapes.get(node.name)!.reduce((product, length) => product * length, 1);
    return sum + outputs * window * shapes.get(node.inputs[0]!)!.at(-1)!;
  }, 0);
}
