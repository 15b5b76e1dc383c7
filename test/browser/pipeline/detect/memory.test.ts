import { expect, test } from 'vitest';
import { createLiteRtEngine } from '../../../../src/nn/litert';
import { decodePicture } from '../../../../src/pipeline/decode';
import { createDetector } from '../../../../src/pipeline/detect/detect';
import { pixelFrame } from '../../../../src/pipeline/pixelFrame';
import { resizeImage } from '../../../../src/pipeline/resize';
import { MTCNN } from '../../../../src/weights/registry';
import { modelWeights, sampleBlob } from '../support';

test('300 pictures of 300 sizes: WASM memory is flat after the first 20', async () => {
  const engine = await createLiteRtEngine({ backend: 'wasm' });
  const detector = createDetector(engine, await modelWeights(MTCNN));
  const frame = await decodePicture(await sampleBlob('expedition-1-golden-key.jpg'), 'key');
  const picture = frame.reduced(640);
  frame.close();
  const bytes: number[] = [];
  const tensors: number[] = [];
  let found = 0;
  for (let i = 0; i < 300; i++) {
    // 300 different pairs of sides between 160 and 640, the frames' sizes in no order.
    const image = resizeImage(picture, 160 + ((i * 211) % 481), 160 + ((i * 157) % 479));
    found += (await detector.detect(pixelFrame(image), { minSize: 30 })).length;
    bytes.push(engine.memory().wasmBytes);
    tensors.push(engine.memory().tensors);
  }
  const mib = (value: number): string => `${(value / 2 ** 20).toFixed(1)} MiB`;
  console.log(
    [0, 19, 20, 50, 100, 200, 299].map((i) => `${i + 1}: ${mib(bytes[i]!)}, ${tensors[i]}`).join('; '),
    found,
  );
  expect(found).toBeGreaterThan(100);
  expect(Math.max(...bytes.slice(20))).toBe(bytes[19]);
  detector.dispose();
  expect(engine.memory().tensors).toBe(0);
  engine.dispose();
}, 300_000);
