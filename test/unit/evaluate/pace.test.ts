import { expect, test } from 'vitest';
import { Pace } from '../../../src/evaluate/pace';

test('speed and time left, in words', () => {
  let now = 1000;
  const pace = new Pace(100_000, () => now);
  expect(String(pace)).toBe('');
  now = 3000;
  pace.add(40);
  expect(String(pace)).toBe('20.0 pictures/s, 1 h 23 min left');
  now = 11_000;
  pace.add(97_960);
  expect(String(pace)).toBe('9800.0 pictures/s, 1 s left');
  const slow = new Pace(100, () => now, 9_000);
  slow.add(2);
  expect(String(slow)).toBe('1.0 pictures/s, 1 min 38 s left');
});
