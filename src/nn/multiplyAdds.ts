import { isLinear, type Graph } from './graph';
import { inferShapes } from './shapes';

/** Multiplications with addition that one run of the graph takes: those of its convolutions and dense layers. */
export function multiplyAdds(graph: Graph): number {
  const shapes = inferShapes(graph);
  return graph.nodes.reduce((sum, node) => {
    if (!isLinear(node)) return sum;
    const window = node.op === 'dense' ? 1 : node.kernel[0] * node.kernel[1];
    const outputs = shapes.get(node.name)!.reduce((product, length) => product * length, 1);
    const channels = node.op === 'depthwiseConv2d' ? 1 : shapes.get(node.inputs[0]!)!.at(-1)!;
    return sum + outputs * window * channels;
  }, 0);
}
