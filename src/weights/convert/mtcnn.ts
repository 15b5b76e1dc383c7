import type { FloatArray } from '../formats/array';
import { readFaceApiShards } from '../formats/faceApiShards';
import { checkShape, matrixLayout, swappedKernel, swapSides, take } from './layout';

/**
 * The layers of the three networks and their published shapes: [kh, kw, in, out], or [in, out]. `side`: the dense layer
 * follows a flatten of side × side. `prelu` comes after the layer.
 */
const NETWORKS = [
  {
    name: 'PNet',
    layers: [
      { name: 'conv1', shape: [3, 3, 3, 10], prelu: 'prelu1' },
      { name: 'conv2', shape: [3, 3, 10, 16], prelu: 'prelu2' },
      { name: 'conv3', shape: [3, 3, 16, 32], prelu: 'prelu3' },
      { name: 'conv4_1', shape: [1, 1, 32, 2] },
      { name: 'conv4_2', shape: [1, 1, 32, 4] },
    ],
  },
  {
    name: 'RNet',
    layers: [
      { name: 'conv1', shape: [3, 3, 3, 28], prelu: 'prelu1' },
      { name: 'conv2', shape: [3, 3, 28, 48], prelu: 'prelu2' },
      { name: 'conv3', shape: [2, 2, 48, 64], prelu: 'prelu3' },
      { name: 'fc1', shape: [576, 128], side: 3, prelu: 'prelu4' },
      { name: 'fc2_1', shape: [128, 2] },
      { name: 'fc2_2', shape: [128, 4] },
    ],
  },
  {
    name: 'ONet',
    layers: [
      { name: 'conv1', shape: [3, 3, 3, 32], prelu: 'prelu1' },
      { name: 'conv2', shape: [3, 3, 32, 64], prelu: 'prelu2' },
      { name: 'conv3', shape: [3, 3, 64, 64], prelu: 'prelu3' },
      { name: 'conv4', shape: [2, 2, 64, 128], prelu: 'prelu4' },
      { name: 'fc1', shape: [1152, 256], side: 3, prelu: 'prelu5' },
      { name: 'fc2_1', shape: [256, 2] },
      { name: 'fc2_2', shape: [256, 4] },
      { name: 'fc2_3', shape: [256, 10] },
    ],
  },
] as const;

/**
 * MTCNN from the npm package's manifest and shard, `files` by their names.
 *
 * The networks were trained on pictures with x and y swapped. The kernels [out, kh, kw, in] and the matrices after a
 * flatten are turned here, so that they take ordinary pictures. The outputs are x before y as published: the original
 * turns only the maps back, never the channels.
 */
export function convertMtcnn(manifest: string, files: ReadonlyMap<string, Uint8Array>): Map<string, FloatArray> {
  const published = readFaceApiShards(manifest, files);
  const arrays = new Map<string, FloatArray>();
  for (const network of NETWORKS)
    for (const layer of network.layers) {
      const name = `${network.name}/${layer.name}`;
      const scope = network.name.toLowerCase();
      const find = (from: string, part: string, shape: readonly number[]): FloatArray => {
        const array = take(published, `${scope}/${from}`);
        checkShape(`${name}/${part}`, array, shape);
        return array;
      };
      const out = layer.shape.at(-1)!;
      const weights = find(`${layer.name}/weights`, 'weights', layer.shape);
      const matrix = layer.shape.length === 2 ? matrixLayout(weights) : swappedKernel(weights);
      arrays.set(`${name}/weights`, 'side' in layer ? swapSides(matrix, layer.side) : matrix);
      arrays.set(`${name}/biases`, find(`${layer.name}/bias`, 'biases', [out]));
      if ('prelu' in layer)
        arrays.set(`${network.name}/${layer.prelu}/alpha`, find(`${layer.prelu}_alpha`, 'alpha', [out]));
    }
  return arrays;
}
