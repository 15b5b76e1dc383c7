import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CropKind, FaceCrop } from '../../../../src/core/types';
import { cosine } from '../../../../src/core/vectors';
import type { Engine } from '../../../../src/nn/executor';
import { createLiteRtEngine } from '../../../../src/nn/litert';
import { cropFace } from '../../../../src/pipeline/crop/crop';
import { decodePicture } from '../../../../src/pipeline/decode';
import { createDetector, type Detector } from '../../../../src/pipeline/detect/detect';
import { createEmbedder, type Embedder } from '../../../../src/pipeline/embed';
import { FACENET, MTCNN } from '../../../../src/weights/registry';
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

/** How a golden face is cut out of its picture: where golden found it, or where we do (null: nowhere). */
const WAYS = {
  'golden boxes, facenet-pytorch': 'facenet-pytorch',
  'our boxes, facenet-pytorch': 'facenet-pytorch',
  'our boxes, facenet': 'facenet',
} as const satisfies Record<string, CropKind>;
type Way = keyof typeof WAYS;
type Crops = Readonly<Record<Way, readonly (FaceCrop | null)[]>>;

/** Each picture is decoded and searched once for all tests. */
let cut: Promise<{ faces: readonly GoldenFace[]; crops: Crops }> | undefined;
async function cutAll(): Promise<{ faces: readonly GoldenFace[]; crops: Crops }> {
  const faces = await goldenFaces();
  const crops = Object.fromEntries(Object.keys(WAYS).map((way) => [way, []])) as unknown as Record<
    Way,
    (FaceCrop | null)[]
  >;
  for (const golden of faces) {
    const frame = await decodePicture(await sharedBlob(`data/${golden.image}`), golden.image);
    const theirs = goldenDetection(golden);
    const { face: ours } = bestOverlap(await detector.detect(frame), theirs.box);
    for (const [way, kind] of Object.entries(WAYS) as [Way, CropKind][]) {
      const face = way.startsWith('golden') ? theirs : ours;
      crops[way].push(face && cropFace(frame, face, kind, 160));
    }
    frame.close();
  }
  return { faces, crops };
}

/** Cosines of our embeddings to golden's, each face cut out in this way; 0 where it was not found. */
async function cosines(way: Way): Promise<number[]> {
  const { faces, crops } = await (cut ??= cutAll());
  const found = crops[way].flatMap((crop, i) => (crop ? [{ crop, golden: faces[i]! }] : []));
  const embeddings = await embedder!.embed(found.map(({ crop }) => crop));
  const missed = Array.from({ length: faces.length - found.length }, () => 0);
  return [...missed, ...found.map(({ golden }, i) => cosine(embeddings[i]!.vector, golden.embedding))];
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
    const values = await cosines('golden boxes, facenet-pytorch');
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
      const values = await cosines(`our boxes, ${kind}`);
      report(`${kind} crop, our boxes`, values, least);
      expect(share(values, (value) => value >= least)).toBeGreaterThanOrEqual(0.98);
    },
  );
});
