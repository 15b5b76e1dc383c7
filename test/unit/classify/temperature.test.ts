import { expect, test } from 'vitest';
import { fitSlope, meanLogLoss } from '../../../src/classify/temperature';
import { mulberry32 } from '../../../src/core/random';

test('the slope of the probabilities is the best of a grid', () => {
  const random = mulberry32(2);
  const truth = Array.from({ length: 60 }, (_, i) => i % 3);
  const scores = truth.map((t) => Float64Array.from({ length: 3 }, (_, c) => (c === t ? 0.3 : 0) + random()));
  const found = meanLogLoss(scores, truth, fitSlope(scores, truth));
  for (let slope = 0.25; slope < 64; slope *= 1.1)
    expect(found).toBeLessThanOrEqual(meanLogLoss(scores, truth, slope) + 1e-6);
});
