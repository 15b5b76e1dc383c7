import { describe, expect, it } from 'vitest';
import { mulberry32 } from '../../../src/core/random';
import { DLIB_SIZE, dlibResnet } from '../../../src/models/dlibResnet';
import { inferShapes, weightShapes } from '../../../src/nn/shapes';
import { convertDlib } from '../../../src/weights/convert/dlib';
import { toPrecision } from '../../../src/weights/convert/precision';
import { DLIB } from '../../../src/weights/rows';
import golden from '../../fixtures/dlibGolden.json';
import { largestError } from '../../fixtures/randomWeights';
import { referenceRun } from '../../fixtures/referenceOps';
import { packageFile } from '../weights/sources';
import { entries, faceApiManifest } from '../../fixtures/faceApiManifest';

describe('dlibResnet', () => {
  it('halves as the original does and gives 128 numbers', () => {
    const shapes = inferShapes(dlibResnet({ batch: 2 }));
    expect(shapes.get('DlibResnet/conv32_3/relu')).toEqual([2, 35, 35, 32]);
    expect(shapes.get('DlibResnet/conv64_3/relu')).toEqual([2, 17, 17, 64]);
    expect(shapes.get('DlibResnet/conv128_2/relu')).toEqual([2, 8, 8, 128]);
    expect(shapes.get('DlibResnet/conv256_2/relu')).toEqual([2, 4, 4, 256]);
    expect(shapes.get('DlibResnet/conv256_down_out/relu')).toEqual([2, 2, 2, 256]);
    expect(shapes.get('DlibResnet/fc')).toEqual([2, 128]);
  });

  it('needs exactly the weights that the package ships', () => {
    const rename = (name: string) =>
      `DlibResnet/${name}`
        .replace(/\/conv\/filters$/, '/weights')
        .replace(/\/conv\/bias$/, '/biases')
        .replace(/\/scale\/weights$/, '/scale')
        .replace(/\/scale\/biases$/, '/offset')
        .replace(/\/fc$/, '/fc/weights');
    const published = [...faceApiManifest('face_recognition_model')].map(
      ([name, s]) => [rename(name), entries(s)] as const,
    );
    const ours = [...weightShapes(dlibResnet({ batch: 1 }))].map(([name, s]) => [name, entries(s)] as const);
    expect(new Map(ours)).toEqual(new Map(published));
  });

  it("gives face-api's numbers for a picture of noise", () => {
    // What @vladmandic/face-api 1.7.15 computes, which divides by 255 where dlib divides by 256.
    const random = mulberry32(1);
    const { mean } = DLIB.standardisation;
    const input = new Float32Array(DLIB_SIZE ** 2 * 3);
    for (let i = 0; i < input.length; i++) input[i] = (Math.floor(random() * 256) - mean[i % 3]!) / 255;
    const manifest = 'face_recognition_model-weights_manifest.json';
    const files = [manifest, 'face_recognition_model-shard1', 'face_recognition_model-shard2'];
    const arrays = convertDlib(manifest, new Map(files.map((name) => [name, packageFile(`weights/${name}`)])));
    const graph = dlibResnet({ batch: 1 });
    const embedding = referenceRun(graph, toPrecision(arrays, 'float32'), [input]).get(graph.outputs[0]!)!.data;
    expect(largestError(embedding, golden)).toBeLessThan(1e-6);
  });
});
