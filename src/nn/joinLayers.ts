import type { WeightTensor, Weights } from '../core/weights';
import { joinArrays } from '../core/vectors';
import type { Graph, Node } from './graph';
import { toFloat32 } from './weightValues';

type Layer = Extract<Node, { op: 'conv2d' | 'dense' }>;

/** Layers of the same form on the same value, in the graph's order. */
type Siblings = readonly [Layer, ...Layer[]];

/**
 * The same network with layers of the same form on the same value merged where that needs fewer tiles of `tile` output
 * channels: a detector's heads with 2 and 4 outputs fill one tile instead of two. Slices of the joint layer get the layers'
 * names, so that nothing else changes. 8-bit layers and those without bias are not merged.
 */
export function joinLayers(graph: Graph, weights: Weights, tile: number): { graph: Graph; weights: Weights } {
  const joined = new Map(weights);
  const nodes: Node[] = [];
  const done = new Set<string>();
  const groups = siblings(graph, weights).filter((group) => saves(group, tile));
  for (const node of graph.nodes) {
    if (done.has(node.name)) continue;
    const group = groups.find(([first]) => first.name === node.name);
    if (!group) nodes.push(node);
    else {
      nodes.push(...jointLayer(group, joined));
      for (const { name } of group) done.add(name);
    }
  }
  return { graph: { ...graph, nodes }, weights: joined };
}

function siblings(graph: Graph, weights: Weights): Siblings[] {
  const groups = new Map<string, Siblings>();
  for (const node of graph.nodes) {
    if ((node.op !== 'conv2d' && node.op !== 'dense') || node.bias === undefined) continue;
    if (weights.get(node.weights)?.dtype === 'int8') continue;
    const form = node.op === 'conv2d' ? [...node.kernel, node.stride, node.padding] : [];
    const key = JSON.stringify([node.inputs[0], node.op, ...form]);
    groups.set(key, [...(groups.get(key) ?? []), node] as unknown as Siblings);
  }
  return [...groups.values()];
}

function saves(group: Siblings, tile: number): boolean {
  const tiles = (out: number) => Math.ceil(out / tile);
  const apart = group.reduce((sum, { out }) => sum + tiles(out), 0);
  return tiles(group.reduce((sum, { out }) => sum + out, 0)) < apart;
}

/** The joint layer, whose weights go into `weights`, and a slice for each of the layers. */
function jointLayer(group: Siblings, weights: Map<string, WeightTensor>): Node[] {
  const [first] = group;
  const name = `${first.name}/joint`;
  const put = (kind: string, from: (layer: Layer) => string) => {
    const key = `${kind} of ${group.map(from).join(' and ')}`; // the same for the same layers of another level
    weights.set(key, weights.get(key) ?? stacked(group.map((layer) => weights.get(from(layer))!)));
    return key;
  };
  const names = { weights: put('kernels', (layer) => layer.weights), bias: put('biases', (layer) => layer.bias!) };
  const out = group.reduce((sum, layer) => sum + layer.out, 0);
  let begin = 0;
  const slices = group.map((layer): Node => {
    const slice = { op: 'slice', begin, channels: layer.out, name: layer.name, inputs: [name] } as const;
    begin += layer.out;
    return slice;
  });
  return [{ ...first, ...names, name, out }, ...slices];
}

/** Arrays one after the other along the first axis, that of output channels. */
function stacked(tensors: readonly WeightTensor[]): WeightTensor {
  const out = tensors.reduce((sum, { shape }) => sum + shape[0]!, 0);
  const shape = [out, ...tensors[0]!.shape.slice(1)];
  return { dtype: 'float32', shape, data: joinArrays(tensors.map(toFloat32)) };
}
