import { expect, it } from 'vitest';
import { completeConfig, DEFAULT_CONFIG } from '../../../../src/train/config/config';

it('nothing given is the defaults, and the defaults pass their own checks', () => {
  expect(completeConfig({})).toEqual(DEFAULT_CONFIG);
  expect(completeConfig(JSON.parse(JSON.stringify(DEFAULT_CONFIG)))).toEqual(DEFAULT_CONFIG);
});

it('what is given takes the default’s place, deep inside too', () => {
  const config = completeConfig({
    batch: 32,
    arcface: { margin: 0.3 },
    schedule: { kind: 'cosine', rate: 0.1, last: 0, steps: 500 },
  });
  expect(config).toEqual({
    ...DEFAULT_CONFIG,
    batch: 32,
    arcface: { margin: 0.3, scale: 64 },
    schedule: { kind: 'cosine', rate: 0.1, last: 0, steps: 500 },
  });
});

it.each([
  [{ marginn: 0.3 }, 'marginn'],
  [{ arcface: { marginn: 0.3 } }, 'arcface.marginn'],
  [{ schedule: { kind: 'cosine', rate: 0.1, last: 0, steps: 5, every: 2 } }, 'schedule.every'],
  [JSON.parse('{"__proto__": 1}'), '__proto__'],
])('an unknown key stops: %j', (given, key) => {
  expect(() => completeConfig(given)).toThrow(
    expect.objectContaining({ code: 'config/unknown-key', details: { key } }),
  );
});

it.each([
  [{ batch: 0 }, 'batch'],
  [{ batch: '32' }, 'batch'],
  [{ batch: 1.5 }, 'batch'],
  [{ keep: NaN }, 'keep'],
  [{ optimiser: 'SGD' }, 'optimiser'],
  [{ augment: 'all' }, 'augment'],
  [{ augment: { flip: 1 } }, 'augment.flip'],
  [{ schedule: { kind: 'step' } }, 'schedule.kind'],
  [{ schedule: { kind: 'staircase', rate: 0.1 } }, 'schedule.factor'],
  [
    {
      schedule: {
        kind: 'table',
        rates: [
          [5, 0.1],
          [5, 0.2],
        ],
      },
    },
    'schedule.rates',
  ],
  [[], 'config'],
  [null, 'config'],
])('a value that cannot be stops: %j', (given, key) => {
  expect(() => completeConfig(given)).toThrow(
    expect.objectContaining({ code: 'config/bad-value', details: expect.objectContaining({ key }) }),
  );
});

it('triplets chosen in passes need the sampler people', () => {
  const given = { loss: 'triplet', triplet: { mining: 'pass' } };
  expect(() => completeConfig(given)).toThrow(expect.objectContaining({ code: 'config/bad-value' }));
  expect(completeConfig({ ...given, sampler: { kind: 'people' } }).sampler.people).toBe(45);
});
