import { describe, expect, it } from 'vitest';
import { FaceError } from '../../../../src/core/errors';
import { parseSchedule, rateAt } from '../../../../src/train/config/schedule';

/** VGGFace2's and CASIA-WebFace's. */
const PUBLISHED = {
  vggface2: '0: 0.05\n100: 0.005\n200: 0.0005\n276: -1\n',
  casia: '0: 0.05\n60: 0.005\n80: 0.0005\n91: -1\n',
} as const;

describe("the original's files", () => {
  it.each<{ name: keyof typeof PUBLISHED; rates: [number, number | null][] }>([
    {
      name: 'vggface2',
      rates: [
        [1, 0.05],
        [99, 0.05],
        [100, 0.005],
        [200, 0.0005],
        [275, 0.0005],
        [276, null],
      ],
    },
    {
      name: 'casia',
      rates: [
        [1, 0.05],
        [59, 0.05],
        [60, 0.005],
        [80, 0.0005],
        [90, 0.0005],
        [91, null],
      ],
    },
  ])('$name: the published rates, then stop', ({ name, rates }) => {
    const schedule = parseSchedule(PUBLISHED[name]);
    for (const [epoch, rate] of rates) expect(rateAt(schedule, epoch, 0)).toBe(rate);
  });

  it('have comments, empty lines and a dash for stop', () => {
    expect(parseSchedule('# rates\n\n0: 0.1 # first\n 5 : 1e-3\n9:-\n').rates).toEqual([
      [0, 0.1],
      [5, 0.001],
      [9, -1],
    ]);
  });

  it.each([
    ['0: 0.1\nten: 0.1', 'line 2'],
    ['0 0.1', 'line 1'],
    ['0: 1.2.3', 'line 1'],
    ['5: 0.1\n5: 0.2', 'line 2'],
    ['# nothing', 'no rates'],
  ])('say what is wrong with %j', (text, reason) => {
    const read = () => parseSchedule(text);
    expect(read).toThrow(FaceError);
    expect(read).toThrow(reason);
  });
});

it('staircase falls by the factor every `every` steps', () => {
  const schedule = { kind: 'staircase', rate: 0.1, factor: 0.5, every: 100 } as const;
  expect([0, 99, 100, 250].map((step) => rateAt(schedule, 1, step))).toEqual([0.1, 0.1, 0.05, 0.025]);
});

it('cosine goes from the first rate over the middle to the last, and stays', () => {
  const schedule = { kind: 'cosine', rate: 0.1, last: 0.02, steps: 100 } as const;
  const rates = [0, 50, 100, 500].map((step) => rateAt(schedule, 1, step)!);
  [0.1, 0.06, 0.02, 0.02].forEach((rate, i) => expect(rates[i]).toBeCloseTo(rate, 12));
});

it('warm-up rises to the rate in equal steps', () => {
  const schedule = { kind: 'table', rates: [[0, 0.4]] } as const;
  expect([0, 1, 3, 4].map((step) => rateAt(schedule, 1, step, 4))).toEqual([0.1, 0.2, 0.4, 0.4]);
});
