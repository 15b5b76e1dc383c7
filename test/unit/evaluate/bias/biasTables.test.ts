import { expect, test } from 'vitest';
import { biasTables } from '../../../../src/evaluate/bias/biasTables';
import type { BeforeAfter, BiasReport, GroupBias } from '../../../../src/evaluate/bias/measureBias';

const rates = (plain: number, normalised: number): BeforeAfter => ({
  plain: { rate: plain, interval: [0, 1] },
  normalised: { rate: normalised, interval: [0, 0.5] },
});
const group = (name: string, people: number): GroupBias => ({
  group: name,
  people,
  pairs: (people * (people - 1)) / 2,
  enough: false,
  accepted: people < 2 ? null : rates(0.2, 0.001),
  strangers: people < 2 ? null : { gallery: people / 2, promised: 0.05, ...rates(0.3, 0.06) },
});
const report = (groups: readonly GroupBias[], between: BiasReport['between']): BiasReport => ({
  far: 1e-3,
  evened: true,
  threshold: 0.76,
  plainThreshold: 0.95,
  gallery: 100,
  groups,
  between,
  across: { pairs: between.length, enough: false, accepted: between.length > 0 ? rates(0.1, 0.002) : null },
  spread: { plain: null, normalised: null },
  twice: [],
});

test('each group has its rates and its strangers; a person alone has neither', () => {
  const [within, strangers, ...others] = biasTables(report([group('a', 2000), group('b', 1)], []));
  expect(within!.rows).toEqual([
    ['a', '2,000', '1,999,000', '20 % (0–100)', '0.1 % (0–50)'],
    ['b', '1', '0', '–', '–'],
  ]);
  expect(strangers!.rows).toEqual([['a', '1,000', '5 %', '30 % (0–100)', '6 % (0–50)']]);
  expect(others, 'nothing between groups').toEqual([]);
});

test('between groups the highest rates are shown, the normalised ones first, and how many are left out', () => {
  const pairs = Array.from({ length: 15 }, (_, i) => ({
    groups: ['g', `h${i}`] as const,
    pairs: 1,
    enough: false,
    accepted: rates(i / 100, i < 3 ? 0.5 : 0),
  }));
  const between = biasTables(report([group('g', 2)], pairs))[1]!;
  expect(between.rows.map(([name]) => name)).toEqual([
    'all groups',
    ...[2, 1, 0, 14, 13, 12, 11, 10, 9, 8].map((i) => `g – h${i}`),
  ]);
  expect(between.leftOut).toBe(5);
  const one = biasTables(report([group('g', 2)], pairs.slice(0, 1)))[1]!;
  expect(
    one.rows.map(([name]) => name),
    'of two groups all is said once',
  ).toEqual(['all groups']);
});
