import { expect, test } from 'vitest';
import { biasCsv } from '../../../../src/app/benchmark/biasCsv';
import type { BeforeAfter, BiasReport } from '../../../../src/evaluate/bias/measureBias';

const rates = (plain: number, normalised: number): BeforeAfter => ({
  plain: { rate: plain, interval: [0, 0.5] },
  normalised: { rate: normalised, interval: [0, 0.25] },
});

test('the CSV has every rate as a share with its interval; a name is never a formula, and what is unknown stays empty', () => {
  const report: BiasReport = {
    far: 1e-3,
    evened: true,
    threshold: 0.77,
    plainThreshold: 0.95,
    gallery: 100,
    groups: [
      {
        group: '=a',
        people: 4,
        pairs: 6,
        enough: false,
        accepted: rates(0.2, 0.1),
        strangers: { gallery: 2, promised: 0.002, ...rates(0.4, 0.3) },
      },
      { group: 'b', people: 1, pairs: 0, enough: false, accepted: null, strangers: null },
    ],
    between: [{ groups: ['=a', 'b'], pairs: 4, enough: false, accepted: rates(0.05, 0) }],
    across: { pairs: 4, enough: false, accepted: rates(0.05, 0) },
    spread: { plain: null, normalised: null },
    twice: [],
  };
  expect(biasCsv(report).split('\r\n')).toEqual([
    'measure,group,other_group,people,pairs,gallery,promised,plain,plain_low,plain_high,normalised,normalised_low,normalised_high',
    `"within","'=a","",4,6,,0.001,0.2,0,0.5,0.1,0,0.25`,
    `"strangers","'=a","",4,,2,0.002,0.4,0,0.5,0.3,0,0.25`,
    '"within","b","",1,0,,0.001,,,,,,',
    '"between","all groups","all groups",,4,,0.001,0.05,0,0.5,0,0,0.25',
    `"between","'=a","b",,4,,0.001,0.05,0,0.5,0,0,0.25`,
    '',
  ]);
});
