import { expect, it } from 'vitest';
import type { Weights } from '../../../../src/core/weights';
import { onet } from '../../../../src/models/onet';
import { pnet } from '../../../../src/models/pnet';
import { rnet } from '../../../../src/models/rnet';
import type { Graph } from '../../../../src/nn/graph';
import { convertModel } from '../../../../src/weights/convert/convert';
import { matrixLayout } from '../../../../src/weights/convert/layout';
import { toPrecision } from '../../../../src/weights/convert/precision';
import { readFaceApiShards } from '../../../../src/weights/formats/faceApiShards';
import { MTCNN } from '../../../../src/weights/registry';
import { largestError, randomNumbers } from '../../../fixtures/randomWeights';
import { referenceRun } from '../../../fixtures/referenceOps';
import { packageFile } from '../sources';

const ours = toPrecision(await convertModel(MTCNN, async ({ path }) => packageFile(path)), 'float32');

/** The published numbers under our names, in our layouts, but not turned: they take pictures with x and y swapped. */
function unturned(): Weights {
  const name = 'mtcnn_model-weights_manifest.json';
  const files = MTCNN.sources.map(({ path }) => [path.slice('weights/'.length), packageFile(path)] as const);
  const arrays = [...readFaceApiShards(name, new Map(files))].map(([published, array]) => {
    const scope = published.replace(/^(.)net/, (_, letter: string) => `${letter.toUpperCase()}Net`);
    const key = scope.replace(/bias$/, 'biases').replace('_alpha', '/alpha');
    if (array.shape.length === 1) return [key, array] as const;
    const out = array.shape.at(-1)!;
    const { data } = matrixLayout({ shape: [array.data.length / out, out], data: array.data });
    return [key, { shape: [out, ...array.shape.slice(0, -1)], data }] as const;
  });
  return toPrecision(new Map(arrays), 'float32');
}

function run(graph: Graph, weights: Weights, picture: Float32Array): Float32Array[] {
  const values = referenceRun(graph, weights, [picture]);
  return graph.outputs.map((name) => Float32Array.from(values.get(name)!.data));
}

/** [side, side, channels] with its two sides swapped. */
function swapped(data: Float32Array, side: number): Float32Array {
  const channels = data.length / (side * side);
  return data.map((_, i) => {
    const [cell, channel] = [Math.floor(i / channels), i % channels];
    return data[((cell % side) * side + Math.floor(cell / side)) * channels + channel]!;
  });
}

it.each([
  ['P-Net', pnet({ height: 32, width: 32 }), 32, 11],
  ['R-Net', rnet({ batch: 1 }), 24, 1],
  ['O-Net', onet({ batch: 1 }), 48, 1],
])('%s gives on a picture what the published weights give on the swapped picture', (_, graph, side, outSide) => {
  const picture = randomNumbers(side * side * 3, 11);
  const expected = run(graph, unturned(), swapped(picture, side));
  const plain = run(graph, unturned(), picture);
  run(graph, ours, picture).forEach((output, i) => {
    expect(largestError(output, swapped(expected[i]!, outSide))).toBeLessThan(1e-5);
    expect(largestError(output, plain[i]!)).toBeGreaterThan(1e-3); // that the swap matters
  });
});
