import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { completeConfig } from '../../../src/train/config';

const RECIPES = readdirSync('recipes');

test.each(RECIPES)('recipes/%s is a configuration that the trainer takes', (name) => {
  const given: unknown = JSON.parse(readFileSync(`recipes/${name}`, 'utf8'));
  expect(completeConfig(given)).toMatchObject(given as object);
});

test('the published softmax recipes are the original’s', () => {
  const read = (name: string) => completeConfig(JSON.parse(readFileSync(`recipes/${name}.json`, 'utf8')));
  const vggface2 = read('vggface2-softmax');
  expect(vggface2).toMatchObject({ loss: 'softmax', batch: 90, epochSteps: 1000, keep: 0.4, weightDecay: 5e-4 });
  expect(vggface2).toMatchObject({ optimiser: 'ADAM', embeddingSize: 512, averageDecay: 0.9999 });
  expect(read('casia-softmax')).toMatchObject({ loss: 'softmax', batch: 90, epochSteps: 1000, keep: 0.8 });
});
