import type { Detection, Frame } from '../../../src/core/types';
import { onet, ONET_SIZE } from '../../../src/models/onet';
import { createLiteRtEngine } from '../../../src/nn/litert';
import { centralFace } from '../../../src/pipeline/bulk';
import { decodePicture } from '../../../src/pipeline/decode';
import { batchedNetwork, type BatchedNetwork } from '../../../src/pipeline/detect/batches';
import { squareBox } from '../../../src/pipeline/detect/boxes';
import { createDetector, type Detector } from '../../../src/pipeline/detect/detect';
import { integralsOf } from '../../../src/pipeline/detect/integral';
import { faces } from '../../../src/pipeline/detect/onet';
import { windowInput } from '../../../src/pipeline/detect/windows';
import { createEmbedder, flipCrop, type Embedder } from '../../../src/pipeline/embed';
import { loadWeights } from '../../../src/weights/load';
import { FACENET, MTCNN } from '../../../src/weights/registry';
import { serve } from '../../../workers/rpc';
import type { CropOps } from './ops';
import { VARIANTS, type Variant } from './variants';

interface Networks {
  readonly detector: Detector;
  /** O-Net once more. */
  readonly scorer: BatchedNetwork;
  readonly embedder: Embedder;
  readonly variants: readonly Variant[];
  readonly flipped: ReadonlySet<string>;
}
let networks: Networks | null = null;

serve<CropOps>(self, {
  async start({ precision, variants: names, flipped }) {
    const options = { modelsUrl: new URL('/models/', location.href).href };
    const engine = await createLiteRtEngine({ backend: 'wasm', threads: 1 });
    const mtcnn = await loadWeights(MTCNN, 'float32', options);
    const weights = await loadWeights(FACENET, precision, options);
    const variants = VARIANTS.filter(({ name }) => names.includes(name));
    networks = {
      detector: createDetector(engine, mtcnn),
      scorer: batchedNetwork([1], ONET_SIZE ** 2 * 3, (batch) => engine.prepare(onet({ batch }), mtcnn)),
      embedder: await createEmbedder(engine, FACENET, weights, precision),
      variants,
      flipped: new Set(flipped),
    };
    return variants.flatMap(({ name }) => (flipped.includes(name) ? [name, `${name}, flipped`] : [name]));
  },
  async embed({ pictures }) {
    const { detector, embedder, variants, flipped, scorer } = networks!;
    const frames = await Promise.all(pictures.map(({ blob, name }) => decodePicture(blob, name)));
    const found = await detector.detectMany(frames);
    const crops = [];
    const has: boolean[] = [];
    for (const [i, frame] of frames.entries()) {
      const face = centralFace(found[i]!, frame);
      has.push(face !== null);
      if (!face) continue;
      const again = variants.some(({ secondLook }) => secondLook) ? await lookAgain(frame, face, scorer) : face;
      for (const { name, cut, secondLook } of variants) {
        const crop = cut(frame, secondLook ? again : face, FACENET.inputSize);
        crops.push(crop);
        if (flipped.has(name)) crops.push(flipCrop(crop));
      }
    }
    for (const frame of frames) frame.close();
    const embeddings = await embedder.embed(crops, { inBatches: true });
    const each = crops.length / has.filter(Boolean).length;
    let next = 0;
    return has.map((isThere) => {
      if (!isThere) return null;
      const joined = new Float32Array(each * FACENET.embeddingSize);
      for (let i = 0; i < each; i++) joined.set(embeddings[next++]!.vector, i * FACENET.embeddingSize);
      return joined;
    });
  },
});

/** The face as O-Net sees it in the square round the box that it gave first. */
async function lookAgain(frame: Frame, { box, score }: Detection, scorer: BatchedNetwork): Promise<Detection> {
  const [picture] = integralsOf([frame.reduced(Math.max(frame.width, frame.height))]);
  // From edges to pixels counted from 1, as O-Net's windows are.
  const window = squareBox({ x0: box.x0 + 1, y0: box.y0 + 1, x1: box.x1, y1: box.y1, score });
  const outputs = await scorer.run(1, (_, out, at) => windowInput(picture!, window, ONET_SIZE, out, at));
  return faces([window], outputs, 0, 0)[0]!;
}
