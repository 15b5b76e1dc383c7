import type { FloatArray } from '../formats/array';
import { readFaceApiShards } from '../formats/faceApiShards';
import { readPickledLayers } from '../formats/pickle';
import { checkShape, kernelLayout, matrixLayout, swapSides, take } from './layout';

/**
 * The layers of the three networks: our name, the name in the pickled files, and the shape there: [kh, kw, in, out],
 * or [in, out]. `side`: the dense layer follows a flatten of side × side. `prelu` comes after the layer.
 */
const NETWORKS = [
  {
    name: 'PNet',
    layers: [
      { name: 'conv1', pickled: 'conv1', shape: [3, 3, 3, 10], prelu: ['prelu1', 'PReLU1'] },
      { name: 'conv2', pickled: 'conv2', shape: [3, 3, 10, 16], prelu: ['prelu2', 'PReLU2'] },
      { name: 'conv3', pickled: 'conv3', shape: [3, 3, 16, 32], prelu: ['prelu3', 'PReLU3'] },
      { name: 'conv4_1', pickled: 'conv4-1', shape: [1, 1, 32, 2] },
      { name: 'conv4_2', pickled: 'conv4-2', shape: [1, 1, 32, 4] },
    ],
  },
  {
    name: 'RNet',
    layers: [
      { name: 'conv1', pickled: 'conv1', shape: [3, 3, 3, 28], prelu: ['prelu1', 'prelu1'] },
      { name: 'conv2', pickled: 'conv2', shape: [3, 3, 28, 48], prelu: ['prelu2', 'prelu2'] },
      { name: 'conv3', pickled: 'conv3', shape: [2, 2, 48, 64], prelu: ['prelu3', 'prelu3'] },
      { name: 'fc1', pickled: 'conv4', shape: [576, 128], side: 3, prelu: ['prelu4', 'prelu4'] },
      { name: 'fc2_1', pickled: 'conv5-1', shape: [128, 2] },
      { name: 'fc2_2', pickled: 'conv5-2', shape: [128, 4] },
    ],
  },
  {
    name: 'ONet',
    layers: [
      { name: 'conv1', pickled: 'conv1', shape: [3, 3, 3, 32], prelu: ['prelu1', 'prelu1'] },
      { name: 'conv2', pickled: 'conv2', shape: [3, 3, 32, 64], prelu: ['prelu2', 'prelu2'] },
      { name: 'conv3', pickled: 'conv3', shape: [3, 3, 64, 64], prelu: ['prelu3', 'prelu3'] },
      { name: 'conv4', pickled: 'conv4', shape: [2, 2, 64, 128], prelu: ['prelu4', 'prelu4'] },
      { name: 'fc1', pickled: 'conv5', shape: [1152, 256], side: 3, prelu: ['prelu5', 'prelu5'] },
      { name: 'fc2_1', pickled: 'conv6-1', shape: [256, 2] },
      { name: 'fc2_2', pickled: 'conv6-2', shape: [256, 4] },
      { name: 'fc2_3', pickled: 'conv6-3', shape: [256, 10] },
    ],
  },
] as const;

type Part = 'weights' | 'biases' | 'alpha';
/** The published array of a part: a layer's weights or biases, or the alpha of the PReLU after it. */
type Find = (network: number, layer: number, part: Part) => FloatArray;

/**
 * The networks were trained on pictures with x and y swapped. Turned here once for all, kernels [out, kh, kw, in] and
 * the matrices behind a flatten take ordinary pictures. The outputs are x before y as published: the original turns only
 * the maps back, never the channels.
 */
function convert(find: Find): Map<string, FloatArray> {
  const arrays = new Map<string, FloatArray>();
  NETWORKS.forEach((network, n) => {
    network.layers.forEach((layer, l) => {
      const name = `${network.name}/${layer.name}`;
      const out = layer.shape.at(-1)!;
      const weights = find(n, l, 'weights');
      checkShape(`${name}/weights`, weights, layer.shape);
      const matrix = layer.shape.length === 2 ? matrixLayout(weights) : kernelLayout(weights, true);
      arrays.set(`${name}/weights`, 'side' in layer ? swapSides(matrix, layer.side) : matrix);
      const biases = find(n, l, 'biases');
      checkShape(`${name}/biases`, biases, [out]);
      arrays.set(`${name}/biases`, biases);
      if (!('prelu' in layer)) return;
      const alpha = find(n, l, 'alpha');
      checkShape(`${name}/alpha`, alpha, [out]);
      arrays.set(`${network.name}/${layer.prelu[0]}/alpha`, alpha);
    });
  });
  return arrays;
}

/** From the pickled `det1.npy`, `det2.npy`, `det3.npy` (P-Net, R-Net, O-Net). */
export function convertMtcnnPickled(files: readonly [Uint8Array, Uint8Array, Uint8Array]): Map<string, FloatArray> {
  const nets = files.map((bytes, i) => readPickledLayers(bytes, `det${i + 1}.npy`));
  return convert((network, layer, part) => {
    const row = NETWORKS[network]!.layers[layer]!;
    const from = part === 'alpha' && 'prelu' in row ? row.prelu[1] : row.pickled;
    return take(nets[network]!.get(from), part);
  });
}

/** From the npm package's manifest and shard, `files` under their names. */
export function convertMtcnnShards(manifest: string, files: ReadonlyMap<string, Uint8Array>): Map<string, FloatArray> {
  const published = readFaceApiShards(manifest, files);
  return convert((network, layer, part) => {
    const { name, layers } = NETWORKS[network]!;
    const row = layers[layer]!;
    const scope = name.toLowerCase();
    if (part === 'alpha' && 'prelu' in row) return take(published, `${scope}/${row.prelu[0]}_alpha`);
    return take(published, `${scope}/${row.name}/${part === 'biases' ? 'bias' : part}`);
  });
}
