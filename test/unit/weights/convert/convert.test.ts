import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Precision } from '../../../../src/core/types';
import { inceptionResnetV1 } from '../../../../src/models/inceptionResnetV1';
import { mobileFaceNet } from '../../../../src/models/mobileFaceNet';
import { onet } from '../../../../src/models/onet';
import { pnet } from '../../../../src/models/pnet';
import { rnet } from '../../../../src/models/rnet';
import type { Graph } from '../../../../src/nn/graph';
import { weightShapes } from '../../../../src/nn/shapes';
import { convertModel } from '../../../../src/weights/convert/convert';
import { facenetTensorName } from '../../../../src/weights/convert/facenet';
import { toPrecision } from '../../../../src/weights/convert/precision';
import { readFaceApiShards } from '../../../../src/weights/formats/faceApiShards';
import { readSafetensors, writeSafetensors } from '../../../../src/weights/formats/safetensors';
import type { ModelRow } from '../../../../src/weights/modelRow';
import { MOBILE_FACE_NET, FACENET, MTCNN } from '../../../../src/weights/registry';
import { rejectionCode } from '../errorCode';
import { cosine } from '../../../../src/core/vectors';
import { randomNumbers } from '../../../fixtures/randomWeights';
import { referenceRun } from '../../../fixtures/referenceOps';
import { runTflite } from '../../../fixtures/runTflite';
import { embeddedSource, modelsFile, modelsFolder, packageFile } from '../sources';

const fromPackage = (row: ModelRow) => convertModel(row, async ({ path }) => packageFile(path));
const fromFolder = (row: ModelRow) => convertModel(row, async ({ path }) => modelsFile(path));

type Arrays = Awaited<ReturnType<typeof convertModel>>;

/** The arrays are those that the graphs need, no more and no fewer, each of its shape. */
function expectShapes(arrays: Arrays, graphs: readonly Graph[]): void {
  const needed = new Map(graphs.flatMap((graph) => [...weightShapes(graph)]));
  expect([...arrays].map(([name, { shape }]) => [name, shape]).toSorted()).toEqual([...needed].toSorted());
  for (const [name, { shape, data }] of arrays) {
    expect(data.length, name).toBe(shape.reduce((a, b) => a * b, 1));
    expect(data.every(Number.isFinite), name).toBe(true);
  }
}

function expectFiles(row: ModelRow, arrays: Arrays): void {
  for (const precision of Object.keys(row.files) as Precision[]) {
    const bytes = writeSafetensors(toPrecision(arrays, precision));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect({ precision, bytes: bytes.length, sha256 }).toEqual({ precision, ...row.files[precision] });
    expect(readSafetensors(bytes, row.id).size).toBe(arrays.size);
  }
}

describe('conversion of MTCNN', () => {
  const graphs = [pnet({ height: 12, width: 12 }), rnet({ batch: 1 }), onet({ batch: 1 })];

  it("gives all that the three graphs need, and the registry's files byte for byte", async () => {
    const arrays = await fromPackage(MTCNN);
    expectShapes(arrays, graphs);
    expectFiles(MTCNN, arrays);
  });

  it('turns kernels and the columns after a flatten from swapped pictures to ordinary ones', async () => {
    const arrays = await fromPackage(MTCNN);
    const name = 'mtcnn_model-weights_manifest.json';
    const files = MTCNN.sources.map(({ path }) => [path.slice('weights/'.length), packageFile(path)] as const);
    const published = readFaceApiShards(name, new Map(files));
    const ours = arrays.get('RNet/conv3/weights')!.data;
    const theirs = published.get('rnet/conv3/weights')!.data;
    const [o, y, x, i] = [7, 0, 1, 33];
    expect(ours[((o * 2 + y) * 2 + x) * 48 + i]).toBe(theirs[((x * 2 + y) * 48 + i) * 64 + o]);
    const matrix = arrays.get('ONet/fc1/weights')!.data;
    const column = (row: number, columnOf: number, channel: number) => (row * 3 + columnOf) * 128 + channel;
    expect(matrix[9 * 1152 + column(2, 0, 5)]).toBe(published.get('onet/fc1/weights')!.data[column(0, 2, 5) * 256 + 9]);
  });

  it('refuses arrays of another shape, and absent ones', async () => {
    const withManifest = (from: string, to: string) =>
      convertModel(MTCNN, async ({ path }) => {
        const bytes = packageFile(path);
        if (!path.endsWith('.json')) return bytes;
        return new TextEncoder().encode(new TextDecoder().decode(bytes).replace(from, to));
      });
    expect(await rejectionCode(withManifest('[3,3,10,16]', '[3,3,16,10]'))).toBe('weights/shape-mismatch');
    expect(await rejectionCode(withManifest('pnet/conv2/bias', 'pnet/conv9/bias'))).toBe('weights/missing-tensor');
  });
});

describe('conversion of MobileFaceNet', () => {
  const arrays = async () => convertModel(MOBILE_FACE_NET, async () => embeddedSource());

  it("gives all that the graph needs, and the registry's files byte for byte", async () => {
    expectShapes(await arrays(), [mobileFaceNet({ batch: 1 })]);
    expectFiles(MOBILE_FACE_NET, await arrays());
  });

  it('gives the embedding that the operations of the file give, run one by one', { timeout: 60_000 }, async () => {
    const size = MOBILE_FACE_NET.inputSize ** 2 * 3;
    const input = randomNumbers(size, 5);
    const graph = mobileFaceNet({ batch: 1 });
    const ours = referenceRun(graph, toPrecision(await arrays(), 'float32'), [input]).get(graph.outputs[0]!)!;
    const theirs = runTflite(await embeddedSource(), input);
    expect(theirs.length).toBe(192);
    expect(cosine(Float32Array.from(ours.data), Float32Array.from(theirs))).toBeGreaterThan(0.9999999);
  });

  it('refuses a file whose layers are others', async () => {
    const bytes = (await embeddedSource()).slice();
    const text = new TextEncoder().encode('MobileFaceNet/MobileFaceNet/Conv2d_0/Conv2D_bias');
    const at = bytes.findIndex((_, i) => text.every((byte, k) => bytes[i + k] === byte));
    bytes.set(new TextEncoder().encode('Another'), at);
    const converted = convertModel(MOBILE_FACE_NET, async () => bytes);
    expect(await rejectionCode(converted)).toBe('weights/bad-format');
  });
});

describe('conversion of FaceNet', () => {
  it("names the original's scopes", () => {
    const names = [
      'Block35_1_Branch_0_Conv2d_1x1_kernel',
      'Block17_10_Conv2d_1x1_Conv2D_bias',
      'Block8_5_Branch_1_Conv2d_0b_1x3_kernel',
    ];
    expect(names.map((name) => facenetTensorName(`${name}.npy`).replace('InceptionResnetV1/', ''))).toEqual([
      'Repeat/block35_1/Branch_0/Conv2d_1x1/weights',
      'Repeat_1/block17_10/Conv2d_1x1/biases',
      'Repeat_2/block8_5/Branch_1/Conv2d_0b_1x3/weights',
    ]);
    expect(facenetTensorName('Block8_6_Conv2d_1x1_kernel.npy')).toBe('InceptionResnetV1/Block8/Conv2d_1x1/weights');
    expect(facenetTensorName('Bottleneck_MatMul_bias.npy')).toBe('InceptionResnetV1/Bottleneck/biases');
  });

  // Its files byte for byte: modelFiles.test.ts, which makes them from the same sources.
  it.skipIf(!modelsFolder)('gives all that the graph needs (needs FACENET_MODELS)', async () => {
    expectShapes(await fromFolder(FACENET), [inceptionResnetV1({ batch: 1, folded: true })]);
  });
});
