import { expect, test } from 'vitest';
import { configOf, recipeFor, TRAINABLE } from '../../../../src/train/config/recipe';
import { completeConfig } from '../../../../src/train/config/config';

test('every recipe is a configuration that the trainer takes', () => {
  const amount = { people: 3, pictures: 9 };
  for (const trainable of TRAINABLE)
    for (const loss of ['softmax', 'arcface', 'triplet'] as const) {
      const recipe = { ...recipeFor({ kind: 'model', id: 'x' }, trainable), loss };
      expect(completeConfig(configOf(recipe, amount))).toMatchObject({ loss, batch: 9, averageDecay: 0 });
    }
  const scratch = recipeFor({ kind: 'scratch', width: 0.25 }, 'head');
  expect(scratch.trainable).toBe('all');
  expect(completeConfig(configOf(scratch, amount))).toMatchObject({ embeddingSize: 128, augment: { flip: true } });
});
