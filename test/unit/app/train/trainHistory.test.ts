import { expect, test } from 'vitest';
import {
  TimeLeft,
  historyText,
  latest,
  timeLeftText,
  withStep,
  type HistoryPoint,
} from '../../../../src/app/train/trainHistory';
import type { LoggedStep } from '../../../../src/client/types';

const step = (n: number, loss = 1, accuracy: number | null = null): LoggedStep => ({
  step: n,
  loss,
  accuracy,
  terms: {},
  gradientNorm: 0,
  epoch: 1,
  rate: 0.1,
  imagesPerSecond: 1,
});
const run = (count: number): HistoryPoint[] => {
  let points: HistoryPoint[] = [];
  for (let n = 1; n <= count; n++) points = withStep(points, step(n, 1 / n));
  return points;
};

test('a long run keeps its first point, its last and no more than a screen can show', () => {
  const points = run(5000);
  expect(points.length).toBeLessThanOrEqual(601);
  expect([points[0]!.step, points.at(-1)!.step]).toEqual([1, 5000]);
  expect(points.every(({ step }, i) => i === 0 || step > points[i - 1]!.step)).toBe(true);
});

test('a run that went back to a checkpoint has each step once', () => {
  const points = withStep(run(10), step(6, 7));
  expect(points.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(points.at(-1)!.loss).toBe(7);
});

test('the plots are described in a sentence, by the mean of the last steps', () => {
  expect(historyText([])).toBe('No step is done yet.');
  const points = [4, 2, 1, 1, 1, 1].reduce<HistoryPoint[]>(
    (all, loss, i) => withStep(all, step(i + 1, loss, i / 10)),
    [],
  );
  expect(latest(points)).toEqual({ loss: 1.2, accuracy: 0.3 });
  expect(historyText(points)).toBe(
    'The loss began at 4.00 and is 1.20 now. 30 % of the training pictures are given the right person.',
  );
  expect(historyText(run(3))).not.toContain('%');
});

test('the time left is rounded to what a person would say', () => {
  expect([NaN, 4, 42, 200, 9000].map(timeLeftText)).toEqual([
    '',
    'a few seconds left',
    'about 40 seconds left',
    'about 3 minutes left',
    'about 2.5 hours left',
  ]);
});

test('the time left goes by the steps after the first, which takes longer than the others', () => {
  const left = new TimeLeft();
  expect(left.after(1, 11, 60_000)).toBeNull();
  expect(left.after(3, 11, 64_000)).toBe(16);
});
