import { expect, test } from 'vitest';
import { captureHint, viewScore } from '../../../src/pipeline/hint';
import { facePose } from '../../../src/pipeline/pose';
import { seen } from './seen';

const good = { size: 150, sharpness: 600, brightness: 120 };
const hintFor = (turn: Parameters<typeof seen>[0]) => captureHint(good, facePose(seen(turn)));

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
