import { expect, test } from 'vitest';
import { differentPairs, recommendedPart, reportRate } from '../../../../src/app/train/recommend';

test('the more pictures there are, the more of the network learns; all of it only on a graphics card', () => {
  const part = (pictures: number, hasGpu: boolean) => recommendedPart({ people: 10, pictures, hasGpu });
  expect([part(20, true), part(299, true), part(300, false), part(9999, true)]).toEqual([
    'head',
    'head',
    'last-blocks',
    'last-blocks',
  ]);
  expect([part(10_000, false), part(10_000, true)]).toEqual(['last-blocks', 'all']);
});

test('a report’s false-accept rate is one that its pairs can show', () => {
  expect(differentPairs([0, 0, 1, 2])).toBe(5);
  expect(differentPairs([])).toBe(0);
  expect([10_000, 5000, 1000, 100, 50, 3].map(reportRate)).toEqual([1e-3, 1e-3, 5e-3, 0.05, 0.1, 0.1]);
});
