import { expect, test } from 'vitest';
import type { CaptureHint } from '../../../../src/core/types';
import type { CutFace } from '../../../../src/pipeline/crop/stored';
import { packGallery } from '../../../../src/pipeline/gallery';
import { Views, type View } from '../../../../src/pipeline/track/views';
import { FACENET } from '../../../../src/weights/registry';
import { plainMatching } from '../../../fixtures/matching';

const point = { x: 0, y: 0 };
const detection = {
  box: { x0: 0, y0: 0, x1: 100, y1: 100 },
  score: 1,
  points: [point, point, point, point, point],
} as const;
const cutFace: CutFace = { image: { width: 1, height: 1, data: new Uint8ClampedArray(4) }, scale: 1, detection };

/** A frontal view of a face `size` pixels wide, embedded at `x` on the line between Ann (0) and Bea (1). */
const view = (
  size: number,
  { hint = null, x = 0, yaw = 0 }: { hint?: CaptureHint | null; x?: number; yaw?: number } = {},
): View => ({
  detection,
  quality: { size, sharpness: 600, brightness: 120 },
  pose: { yaw, pitch: 0, roll: 0 },
  hint,
  embedding: { modelId: FACENET.id, vector: Float32Array.of(x, 0) },
});
const gallery = packGallery(
  [0, 1].map((x) => ({ person: x === 0 ? 'Ann' : 'Bea', embedding: view(1, { x }).embedding })),
  FACENET.id,
);
const matching = plainMatching(gallery, 0.4);

test('three views are kept for enrolment: those that need no hint first, then the best', () => {
  const views = new Views();
  for (const [time, [size, hint]] of (
    [
      [110, 'closer'],
      [60, null],
      [100, null],
      [80, null],
      [115, 'closer'],
    ] as const
  ).entries())
    // prettier-ignore
    views.add(view(size, { hint }), time, () => cutFace);
  expect(views.best.map(({ quality }) => quality.size)).toEqual([100, 80, 60]);
  expect(views.good).toBe(3);
});

test('pixels are cut only for views that are kept', () => {
  const views = new Views();
  let cuts = 0;
  const cut = () => {
    cuts++;
    return cutFace;
  };
  for (const size of [100, 90, 80, 70, 60, 95]) views.add(view(size), 0, cut);
  expect(cuts).toBe(4);
  expect(views.best.map(({ quality }) => quality.size)).toEqual([100, 95, 90]);
});

test('the newest eight views vote: a face misrecognised at first is named correctly later', () => {
  const views = new Views();
  expect(views.vote(matching)).toBeNull();
  for (let time = 0; time < 5; time++) views.add(view(100, { x: 0.9 }), time, () => cutFace);
  expect(views.vote(matching)).toMatchObject({ person: 'Bea' });
  for (let time = 5; time < 11; time++) views.add(view(100, { x: 0.1 }), time, () => cutFace);
  expect(views.vote(matching)).toMatchObject({ person: 'Ann' });
});

test('a face is embedded at first sight, when a second is over, and sooner when it has turned or is much clearer', () => {
  const views = new Views();
  expect(views.urgency(view(60), 0)).toBe(Infinity);
  views.add(view(60), 0, () => cutFace);
  expect(views.urgency(view(60), 900)).toBe(0);
  expect(views.urgency(view(60), 1100)).toBeCloseTo(1.1);
  expect(views.urgency(view(120), 100), 'not within a fifth of a second').toBe(0);
  expect(views.urgency(view(120), 300)).toBeCloseTo(1.3);
  expect(views.urgency(view(60, { yaw: 0.3 }), 300)).toBeCloseTo(1.3);
});
