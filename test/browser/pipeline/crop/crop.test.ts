import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CropKind, Detection, Frame } from '../../../../src/core/types';
import { cosine } from '../../../../src/core/vectors';
import type { Engine } from '../../../../src/nn/executor';
import { createLiteRtEngine } from '../../../../src/nn/litert';
import { cropFace } from '../../../../src/pipeline/crop/crop';
import { decodePicture } from '../../../../src/pipeline/decode';
import { createDetector, type Detector } from '../../../../src/pipeline/detect/detect';
import { createEmbedder, type Embedder } from '../../../../src/pipeline/embed';
import { FACENET, MTCNN } from '../../../../src/weights/rows';
import {
  bestOverlap,
  goldenDetection,
  goldenFaces,
  modelWeights,
  needsShared,
  share,
  sharedBlob,
  sharedFile,
  type GoldenFace,
} from '../support';

let engine: Engine;
let detector: Detector;
let embedder: Embedder | null = null;
beforeAll(async () => {
  engine = await createLiteRtEngine({ backend: 'wasm' });
  detector = createDetector(engine, await modelWeights(MTCNN));
  if (await sharedFile(`models/${FACENET.sources[0]!.path}`)) {
    embedder = await createEmbedder(engine, FACENET, await modelWeights(FACENET));
  }
});
afterAll(() => {
  detector.dispose();
  embedder?.dispose();
  engine.dispose();
});

/** Cosines of our embeddings to golden's, each face cut out of its picture as `kind` says where `locate` finds it. */
async function cosines(
  kind: CropKind,
  locate: (frame: Frame, golden: GoldenFace) => Promise<Detection | null>,
): Promise<number[]> {
  const result: number[] = [];
  for (const golden of await goldenFaces()) {
    const frame = await decodePicture(await sharedBlob(`data/${golden.image}`), golden.image);
    const face = await locate(frame, golden);
    if (face) {
      const [embedding] = await embedder!.embed([cropFace(frame, face, kind, 160)]);
      result.push(cosine(embedding!.vector, golden.embedding));
    } else result.push(0);
    frame.close();
  }
  return result;
}

async function ownFace(frame: Frame, golden: GoldenFace): Promise<Detection | null> {
  return bestOverlap(await detector.detect(frame), goldenDetection(golden).box).face;
}

function report(what: string, values: readonly number[], least: number): void {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  console.log(
    `${what}: mean ${mean.toFixed(5)}, least ${Math.min(...values).toFixed(5)}, ≥ ${least}: ${share(values, (x) => x >= least).toFixed(4)}`,
  );
}

describe("embeddings against facenet-pytorch's on LFW, float32", () => {
  test('on its boxes with its crop: the same for every face', async (context) => {
    await needsShared(context, 'golden/lfw-detections.json');
    const values = await cosines('facenet-pytorch', (_, golden) => Promise.resolve(goldenDetection(golden)));
    report('facenet-pytorch crop, golden boxes', values, 0.999);
    expect(values).toHaveLength(192);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0.999);
  }, 300_000);

  test.for([
    ['facenet-pytorch', 0.99],
    ['facenet', 0.97],
  ] as const)(
    'on our own detections with the %s crop: ≥ %f for 98 of 100',
    { timeout: 300_000 },
    async ([kind, least], context) => {
      await needsShared(context, 'golden/lfw-detections.json');
      const values = await cosines(kind, ownFace);
      report(`${kind} crop, our boxes`, values, least);
      expect(share(values, (value) => value >= least)).toBeGreaterThanOrEqual(0.98);
    },
  );
});
