import { expect, test } from 'vitest';
import type { LoggedStep } from '../../../../../src/client/types';
import { curveSvg, epochsCsv, epochsOf, workOf, type MetricsLine } from '../../../../../src/harness/cli/train/epochs';

const step = (number: number, epoch: number, loss: number, accuracy: number | null, imagesPerSecond: number) => {
  const rest = { terms: {}, gradientNorm: 1, rate: 0.1 };
  return { step: number, epoch, loss, accuracy, imagesPerSecond, ...rest } satisfies LoggedStep;
};
const lfw = (accuracy: number) => ({ accuracy, val: 0.25, far: 1e-3, pairs: 6000 });
const LINES: MetricsLine[] = [
  step(1, 1, 23, 0, 10),
  step(2, 1, 21, 0.5, 40),
  step(3, 2, 8, 0.5, 20),
  { step: 3, epoch: 2, lfw: lfw(0.6) },
  { step: 3, epoch: 2, lfw: lfw(0.7) },
];

test('metrics become one row an epoch: means, pictures over seconds, the last word of LFW', () => {
  // Two steps of one picture at 10 and 40 a second last .125 s.
  expect(epochsCsv(epochsOf(LINES))).toBe(
    'epoch,steps,loss,accuracy,pictures a second,LFW accuracy,LFW VAL\n1,2,22.0000,0.2500,16.0,,\n2,1,8.0000,0.5000,20.0,0.7000,0.2500\n',
  );
  expect(workOf(LINES, 4)).toEqual({ seconds: 0.4 + 0.1 + 0.2, imagesPerSecond: 12 / (0.4 + 0.1 + 0.2) });
});

test('the curve has each epoch at its place, and the loss under a round number', () => {
  const svg = curveSvg(epochsOf(LINES));
  // 0 at 276 and 1 at 28: accuracies .25 and .5, losses 22/30 and 8/30, LFW .7.
  expect(svg).toContain('points="56.0,214.0 628.0,152.0"');
  expect(svg).toContain('>loss / 30<');
  expect(svg).toContain('points="56.0,94.1 628.0,209.9"');
  expect(svg).toContain('points="628.0,102.4"');
  expect(curveSvg(epochsOf([step(1, 1, 0.21, null, 5)])), 'triplets know no right person').not.toContain('accuracy');
});
