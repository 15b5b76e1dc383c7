import { expect, it } from 'vitest';
import type { LoggedStep } from '../../../src/train/loop';
import { metricsLine, metricsRecord } from '../../../src/train/metrics';
import { scalarsRecord } from '../../../src/train/tensorboard';

const REPORT: LoggedStep = {
  step: 7,
  epoch: 2,
  rate: 0.05,
  loss: 2.5,
  terms: { softmax: 2, weightDecay: 0.5 },
  accuracy: 0.25,
  gradientNorm: 3,
  imagesPerSecond: 12,
};

it('a step is one line of JSON', () => {
  const line = metricsLine(REPORT);
  expect(line.endsWith('\n')).toBe(true);
  expect(line.trim()).not.toContain('\n');
  expect(JSON.parse(line)).toEqual(REPORT);
  expect(JSON.parse(metricsLine({ ...REPORT, accuracy: null, loss: NaN }))).toMatchObject({
    accuracy: null,
    loss: null,
  });
});

it('a step is one record of all its numbers', () => {
  const scalars = {
    loss: 2.5,
    gradient_norm: 3,
    learning_rate: 0.05,
    epoch: 2,
    'terms/softmax': 2,
    'terms/weightDecay': 0.5,
    accuracy: 0.25,
    images_per_second: 12,
  };
  expect(metricsRecord(REPORT, 1.5)).toEqual(scalarsRecord(1.5, 7, scalars));
  const { accuracy, ...rest } = scalars;
  expect(accuracy).toBe(0.25);
  expect(metricsRecord({ ...REPORT, accuracy: null }, 1.5)).toEqual(scalarsRecord(1.5, 7, rest));
});
