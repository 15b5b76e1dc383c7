import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { completeConfig } from '../../../src/train/config/config';

const RECIPES = readdirSync('recipes');

test.each(RECIPES)('recipes/%s is a configuration that the trainer takes', (name) => {
  const given: unknown = JSON.parse(readFileSync(`recipes/${name}`, 'utf8'));
  expect(completeConfig(given)).toMatchObject(given as object);
});

const read = (name: string) => completeConfig(JSON.parse(readFileSync(`recipes/${name}.json`, 'utf8')));

test('the published softmax recipes are the original’s', () => {
  const both = {
    ...{ loss: 'softmax', batch: 90, epochSteps: 1000, embeddingSize: 512, weightDecay: 5e-4, optimiser: 'ADAM' },
    ...{ centreLoss: 0, averageDecay: 0.9999, accumulate: 1, warmUpSteps: 0, clipNorm: 0, labelSmoothing: 0 },
  };
  const schedule = (...rates: number[][]) => ({ kind: 'table', rates });
  expect(read('vggface2-softmax')).toMatchObject({
    ...both,
    ...{ keep: 0.4, prelogitsNorm: 0, epochs: 500 },
    schedule: schedule([0, 0.05], [100, 0.005], [200, 0.0005], [276, -1]),
    augment: { rotate: 0, crop: 'centre', flip: true, jitter: 0, erase: 0 },
  });
  expect(read('casia-softmax')).toMatchObject({
    ...both,
    ...{ keep: 0.8, prelogitsNorm: 5e-4, prelogitsPower: 1, epochs: 150 },
    schedule: schedule([0, 0.05], [60, 0.005], [80, 0.0005], [91, -1]),
    augment: { rotate: 0, crop: 'random', flip: true, jitter: 0, erase: 0 },
  });
});

test('the triplet recipe is the original’s for CASIA, but with triplets that are really semi-hard', () => {
  expect(read('casia-triplet')).toMatchObject({
    ...{ loss: 'triplet', batch: 90, epochSteps: 1000, epochs: 500, embeddingSize: 128, keep: 1 },
    ...{ optimiser: 'RMSPROP', weightDecay: 1e-4, schedule: { kind: 'table', rates: [[0, 0.01]] } },
    sampler: { kind: 'people', people: 45, picturesEach: 40 },
    triplet: { margin: 0.2, choice: 'semi-hard', mining: 'pass' },
    augment: { rotate: 0, crop: 'centre', flip: false, jitter: 0, erase: 0 },
  });
});
