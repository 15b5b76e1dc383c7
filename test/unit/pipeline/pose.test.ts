import { expect, test } from 'vitest';
import type { FacePoints, Point } from '../../../src/core/types';
import { facePose } from '../../../src/pipeline/pose';
import { captureHint, viewScore } from '../../../src/pipeline/hint';

/** A head as points in space (mouth and eyes on its front, the nose's tip before them), turned and seen from afar. */
function seen({ yaw = 0, pitch = 0, roll = 0 }): FacePoints {
  const head = [[-30, -30, 0], [30, -30, 0], [0, 4, 28], [-24, 32, 0], [24, 32, 0]] as const; // prettier-ignore
  const [a, b, c] = [yaw, pitch, roll].map((degrees) => (degrees * Math.PI) / 180) as [number, number, number];
  const points = head.map(([x, y, z]): Point => {
    const [x1, z1] = [x * Math.cos(a) + z * Math.sin(a), z * Math.cos(a) - x * Math.sin(a)];
    const y1 = y * Math.cos(b) - z1 * Math.sin(b);
    return { x: 200 + x1 * Math.cos(c) - y1 * Math.sin(c), y: 150 + x1 * Math.sin(c) + y1 * Math.cos(c) };
  });
  return [points[0]!, points[1]!, points[2]!, points[3]!, points[4]!];
}
const good = { size: 150, sharpness: 600, brightness: 120 };
const hintFor = (turn: Parameters<typeof seen>[0]) => captureHint(good, facePose(seen(turn)));

test('a face that looks at the camera has no turn, however it leans', () => {
  for (const roll of [-40, 0, 15]) {
    const pose = facePose(seen({ roll }));
    expect(pose.yaw).toBeCloseTo(0, 6);
    expect(pose.pitch).toBeCloseTo(0, 1);
    expect(pose.roll).toBeCloseTo(roll, 6);
  }
});

test('yaw and pitch grow with the turn, to both sides', () => {
  const yaws = [-40, -20, 0, 20, 40].map((yaw) => facePose(seen({ yaw })).yaw);
  expect(yaws).toEqual(yaws.toSorted((a, b) => a - b));
  const pitches = [-30, -15, 0, 15, 30].map((pitch) => facePose(seen({ pitch })).pitch);
  expect(pitches).toEqual(pitches.toSorted((a, b) => a - b));
});

test('the hint names the way back to the camera, by the own left and right of the person', () => {
  // The nose towards the picture's right: the person looks to their own left.
  expect(hintFor({ yaw: 45 })).toBe('turn-right');
  expect(hintFor({ yaw: -45 })).toBe('turn-left');
  expect(hintFor({ pitch: 40 })).toBe('chin-down');
  expect(hintFor({ pitch: -40 })).toBe('chin-up');
  expect(hintFor({ roll: 35 })).toBe('head-upright');
  expect(hintFor({ yaw: 8, pitch: 5, roll: 6 })).toBeNull();
});

test('size, light and sharpness have their hints', () => {
  const frontal = facePose(seen({}));
  expect(captureHint({ ...good, size: 40 }, frontal)).toBe('closer');
  expect(captureHint({ ...good, brightness: 20 }, frontal)).toBe('more-light');
  expect(captureHint({ ...good, brightness: 240 }, frontal)).toBe('less-light');
  expect(captureHint({ ...good, sharpness: 100 }, frontal)).toBe('hold-still');
});

test('a view is the better the larger, sharper and more frontal it is', () => {
  const score = (quality: Partial<typeof good>, yaw = 0) => viewScore({ ...good, ...quality }, facePose(seen({ yaw })));
  expect(score({ size: 50 })).toBeLessThan(score({}));
  expect(score({ sharpness: 250 })).toBeLessThan(score({}));
  expect(score({}, 30)).toBeLessThan(score({}));
});
