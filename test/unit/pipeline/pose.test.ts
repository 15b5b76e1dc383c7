import { expect, test } from 'vitest';
import { facePose } from '../../../src/pipeline/pose';
import { seen } from './seen';

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
