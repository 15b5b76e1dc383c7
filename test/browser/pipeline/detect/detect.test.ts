import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Detection } from '../../../../src/core/types';
import type { Engine } from '../../../../src/nn/executor';
import { createLiteRtEngine } from '../../../../src/nn/litert';
import { decodePicture } from '../../../../src/pipeline/decode';
import { createDetector, type Detector } from '../../../../src/pipeline/detect/detect';
import { pixelFrame } from '../../../../src/pipeline/pixelFrame';
import { MTCNN } from '../../../../src/weights/registry';
import facesBefore from '../../../fixtures/lfwFaces.json';
import {
  bestOverlap,
  goldenFaces,
  modelWeights,
  needsShared,
  plain,
  sampleBlob,
  sampleTruth,
  share,
  sharedBlob,
  sharedJson,
} from '../support';

let engine: Engine;
let detector: Detector;
beforeAll(async () => {
  engine = await createLiteRtEngine({ backend: 'wasm' });
  detector = createDetector(engine, await modelWeights(MTCNN));
});
afterAll(() => {
  detector.dispose();
  engine.dispose();
});

async function find(picture: Blob, options = {}): Promise<Detection[]> {
  const frame = await decodePicture(picture, 'the picture');
  try {
    return await detector.detect(frame, options);
  } finally {
    frame.close();
  }
}

describe('on the sample pictures', () => {
  test('all 33 faces of the group pictures are found where they are', async () => {
    let faces = 0;
    for (const [name, { faces: truth }] of Object.entries(await sampleTruth())) {
      const found = await find(await sampleBlob(name));
      for (const { box, name: person } of truth) {
        expect(bestOverlap(found, box).iou, `${person} in ${name}`).toBeGreaterThan(0.7);
        faces++;
      }
    }
    expect(faces).toBe(33);
  });

  test('the most probable face comes first: his own before a larger false one on the suit', async () => {
    const found = await find(await sampleBlob('portraits/daniel-barry.jpg'));
    const [first, second] = found;
    expect(first!.score).toBeGreaterThan(0.99);
    if (second) expect(second.score).toBeLessThan(first!.score);
    const [leftEye, rightEye, nose] = first!.points;
    expect(leftEye.x).toBeLessThan(nose.x);
    expect(rightEye.x).toBeGreaterThan(nose.x);
    expect(nose.y).toBeGreaterThan(leftEye.y);
  });

  test('several pictures at once give the faces that each gives alone', async () => {
    const names = ['expedition-1-crew.jpg', 'portraits/susan-helms.jpg', 'expedition-1-golden-key.jpg'];
    const frames = await Promise.all(names.map(async (name) => decodePicture(await sampleBlob(name), name)));
    const together = await detector.detectMany(frames);
    for (const [i, frame] of frames.entries()) {
      const alone = await detector.detect(frame);
      expect(together[i]!.length).toBe(alone.length);
      for (const [k, face] of alone.entries()) {
        expect(bestOverlap([together[i]![k]!], face.box).iou).toBeGreaterThan(0.9999);
      }
      frame.close();
    }
  });

  test('a larger minimum size leaves out the small faces and keeps the large, in pixels or as a share', async () => {
    const name = 'expedition-12-holiday.jpg';
    const { faces } = (await sampleTruth())[name]!;
    for (const minSize of [80, 80 / 1046]) {
      const found = await find(await sampleBlob(name), { minSize });
      for (const { box } of faces) expect(bestOverlap(found, box).iou).toBeGreaterThan(0.6);
      for (const { box } of found) expect(box.y1 - box.y0).toBeGreaterThan(60);
    }
  });

  test('higher thresholds only take faces away', async () => {
    const picture = await sampleBlob('sts-106-crew.jpg');
    const all = await find(picture);
    const sure = await find(picture, { thresholds: [0.6, 0.7, 0.999] });
    expect(sure.length).toBeLessThanOrEqual(all.length);
    expect(sure.every(({ score }) => score >= 0.999)).toBe(true);
  });

  test('a face cut by the border is still found, with a box that may reach beyond', async () => {
    const frame = await decodePicture(await sampleBlob('portraits/susan-helms.jpg'), 'helms');
    const [whole] = await detector.detect(frame);
    const cut = whole!.box.x0 + (whole!.box.x1 - whole!.box.x0) * 0.15;
    const part = frame.region({ x0: cut, y0: 0, x1: frame.width, y1: frame.height });
    frame.close();
    const found = await detector.detect(pixelFrame(part));
    const { x0, y0, x1, y1 } = whole!.box;
    const moved = { x0: x0 - part.x0, y0, x1: x1 - part.x0, y1 };
    expect(bestOverlap(found, moved).iou).toBeGreaterThan(0.7);
  });
});

describe('where there is no face', () => {
  test.each([
    ['a plain picture', plain(640, 480, 128)],
    ['a white one of odd size', plain(333, 217, 255)],
    ['a black strip', plain(900, 30, 0)],
    ['a picture smaller than the least face', plain(15, 15, 90)],
  ])('%s gives an empty list', async (_, picture) => {
    expect(await detector.detect(pixelFrame(picture))).toEqual([]);
  });

  test('padding to the frame never yields one: the same faces in a picture whose size fits and one that does not', async () => {
    const frame = await decodePicture(await sampleBlob('expedition-1-golden-key.jpg'), 'key');
    const exact = frame.region({ x0: 0, y0: 0, x1: 640, y1: 400 });
    const odd = frame.region({ x0: 0, y0: 0, x1: 637, y1: 403 });
    frame.close();
    const [a, b] = [await detector.detect(pixelFrame(exact)), await detector.detect(pixelFrame(odd))];
    expect(b.length).toBe(a.length);
    for (const { box } of b) {
      expect(box.x0).toBeLessThan(637);
      expect(box.y0).toBeLessThan(403);
    }
    for (const face of a) expect(bestOverlap(b, face.box).iou).toBeGreaterThan(0.8);
  });
});

test('a picture too large to search whole is searched reduced, and the boxes are in its own pixels', async () => {
  const small = await createImageBitmap(await sampleBlob('expedition-1-crew.jpg'));
  const canvas = new OffscreenCanvas(4800, 3201);
  canvas.getContext('2d')!.drawImage(small, 0, 0, 4800, 3201);
  const found = await find(await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 }));
  const { faces } = (await sampleTruth())['expedition-1-crew.jpg']!;
  for (const { box } of faces) {
    const tripled = { x0: box.x0 * 3, y0: box.y0 * 3, x1: box.x1 * 3, y1: box.y1 * 3 };
    expect(bestOverlap(found, tripled).iou).toBeGreaterThan(0.7);
  }
});

test("the faces and points of facenet-pytorch's MTCNN on LFW", async (context) => {
  await needsShared(context, 'golden/lfw-detections.json');
  const overlaps: number[] = [];
  const distances: number[] = [];
  for (const golden of await goldenFaces()) {
    const [x0, y0, x1, y1] = golden.box;
    const { face, iou } = bestOverlap(await find(await sharedBlob(`data/${golden.image}`)), { x0, y0, x1, y1 });
    overlaps.push(iou);
    for (const [k, [x, y]] of golden.points.entries()) {
      distances.push(face ? Math.hypot(face.points[k]!.x - x, face.points[k]!.y - y) : Infinity);
    }
  }
  console.log(
    `LFW: ${overlaps.length} faces, least IoU ${Math.min(...overlaps).toFixed(3)}, ≥ .9: ${share(overlaps, (x) => x >= 0.9).toFixed(4)}, points within 3 px: ${share(distances, (x) => x <= 3).toFixed(4)}`,
  );
  expect(overlaps).toHaveLength(192);
  expect(Math.min(...overlaps)).toBeGreaterThanOrEqual(0.8);
  expect(share(overlaps, (x) => x >= 0.9)).toBeGreaterThanOrEqual(0.98);
  expect(share(distances, (x) => x <= 3)).toBeGreaterThanOrEqual(0.98);
});

test('on 60 LFW pictures that nothing was chosen on, the faces are those of before channels were padded and windows cut by SIMD', async (context) => {
  await needsShared(context, 'golden/lfw-detections.json');
  for (const [name, boxes] of Object.entries(
    facesBefore as unknown as Record<string, [number, number, number, number][]>,
  )) {
    const found = await find(await sharedBlob(`data/${name}`));
    expect(found.length, name).toBe(boxes.length);
    for (const [x0, y0, x1, y1] of boxes)
      expect(bestOverlap(found, { x0, y0, x1, y1 }).iou, name).toBeGreaterThanOrEqual(0.9);
  }
});

interface WiderFace {
  /** x, y, width, height. */
  readonly box: readonly [number, number, number, number];
  readonly invalid: boolean;
}

test("recall and precision on WIDER FACE pictures no worse than facenet-pytorch's", async (context) => {
  await needsShared(context, 'data/wider/ground-truth.json');
  let right = 0;
  let detections = 0;
  const recalled = { 20: [0, 0], 40: [0, 0] };
  for (const [name, truth] of Object.entries(
    await sharedJson<Record<string, WiderFace[]>>('data/wider/ground-truth.json'),
  )) {
    const found = await find(await sharedBlob(`data/wider/${name}`));
    const used = new Set<WiderFace>();
    for (const face of found) {
      let best: WiderFace | null = null;
      let most = 0.5;
      for (const candidate of truth) {
        const [x, y, width, height] = candidate.box;
        const { iou } = bestOverlap([face], { x0: x, y0: y, x1: x + width, y1: y + height });
        if (!used.has(candidate) && iou >= most) [best, most] = [candidate, iou];
      }
      if (best) used.add(best);
    }
    right += used.size;
    detections += found.length;
    for (const least of [20, 40] as const) {
      const valid = truth.filter(({ invalid, box }) => !invalid && Math.min(box[2], box[3]) >= least);
      recalled[least][0]! += valid.filter((face) => used.has(face)).length;
      recalled[least][1]! += valid.length;
    }
  }
  const recall = (least: 20 | 40): number => recalled[least][0]! / recalled[least][1]!;
  console.log(
    `WIDER: recall ≥ 20 px ${recall(20).toFixed(4)}, ≥ 40 px ${recall(40).toFixed(4)}, precision ${(right / detections).toFixed(4)} of ${detections}`,
  );
  expect(recalled[20][1]).toBe(424);
  expect(recalled[40][1]).toBe(160);
  expect(recall(20)).toBeGreaterThanOrEqual(0.83);
  expect(recall(40)).toBeGreaterThanOrEqual(0.894);
  expect(right / detections).toBeGreaterThanOrEqual(0.91);
}, 300_000);
