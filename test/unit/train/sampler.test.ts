import { describe, expect, it } from 'vitest';
import { completeConfig, SAMPLERS } from '../../../src/train/config/config';
import { createSampler, stepsPerEpoch, type SamplerOptions } from '../../../src/train/sampler';

const LABELS = Int32Array.of(0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 0, 5);
const OPTIONS: SamplerOptions = { kind: 'shuffled', batch: 5, people: 2, picturesEach: 3 };
const START = { random: 7, position: 0 };
const draw = (sampler: { next(): number[] }, count: number) => Array.from({ length: count }, () => sampler.next());

it.each(SAMPLERS)('%s: continues from any state with the same batches', (kind) => {
  const sampler = createSampler(LABELS, { ...OPTIONS, kind }, START);
  for (let i = 0; i < 12; i++) {
    const state = JSON.parse(JSON.stringify(sampler.state)) as typeof START;
    expect(createSampler(LABELS, { ...OPTIONS, kind }, state).next()).toEqual(sampler.next());
  }
});

it('shuffled: every sample once an epoch, in another order each time', () => {
  const all = draw(createSampler(LABELS, { ...OPTIONS, batch: 4 }, START), 6).flat();
  const [first, second] = [all.slice(0, 12), all.slice(12)];
  expect(first.toSorted((a, b) => a - b)).toEqual([...LABELS.keys()]);
  expect(second.toSorted((a, b) => a - b)).toEqual([...LABELS.keys()]);
  expect(first).not.toEqual(second);
});

it('people: the asked number of people and of different pictures of each, never a person with one picture', () => {
  const sampler = createSampler(LABELS, { ...OPTIONS, kind: 'people' }, START);
  const seen = new Set<number>();
  for (const batch of draw(sampler, 100)) {
    const persons = new Map<number, number>();
    for (const sample of batch) persons.set(LABELS[sample]!, (persons.get(LABELS[sample]!) ?? 0) + 1);
    expect(new Set(batch).size).toBe(batch.length);
    expect(persons.size).toBe(2);
    for (const [person, count] of persons) {
      seen.add(person);
      expect(count).toBe(Math.min(3, LABELS.filter((label) => label === person).length));
    }
  }
  expect([...seen].sort()).toEqual([0, 1, 2, 3]);
});

it('weighted: every person about as often as any other', () => {
  const counts = new Map<number, number>();
  for (const batch of draw(createSampler(LABELS, { ...OPTIONS, kind: 'weighted' }, START), 1000))
    for (const sample of batch) counts.set(LABELS[sample]!, (counts.get(LABELS[sample]!) ?? 0) + 1);
  for (const label of [0, 1, 2, 3, 5]) expect(Math.abs(counts.get(label)! / 1000 - 1)).toBeLessThan(0.15);
});

describe('too little data is said so', () => {
  it.each([
    ['shuffled', Int32Array.of()],
    ['people', Int32Array.of(0, 1, 2)],
    ['people', Int32Array.of(0, 0, 0)],
  ] as const)('%s of %j', (kind, labels) => {
    expect(() => createSampler(labels, { ...OPTIONS, kind }, START)).toThrow(
      expect.objectContaining({ code: 'train/too-few' }),
    );
  });
});

describe('an epoch is as many steps as it takes to see every picture once', () => {
  it.each([
    [{ batch: 5 }, 3],
    [{ batch: 5, accumulate: 2 }, 2],
    [{ batch: 12 }, 1],
    [{ batch: 5, epochSteps: 7 }, 7],
    // Of the ten pictures of the four persons who have two at least: 2 persons × (2 + 2 + 3 + 3) / 4 pictures each a step.
    [{ sampler: { kind: 'people', people: 2, picturesEach: 3 } }, 3],
    [{ sampler: { kind: 'people', people: 45, picturesEach: 40 } }, 1],
    [{ loss: 'triplet', triplet: { mining: 'pass' }, batch: 6, sampler: { kind: 'people' } }, 2],
  ])('%j: %d', (config, steps) => {
    expect(stepsPerEpoch(LABELS, completeConfig({ epochSteps: 0, ...config }))).toBe(steps);
  });

  it('measured: over many steps every picture of a person with several is seen once an epoch on average', () => {
    const options = { kind: 'people', people: 2, picturesEach: 2 } as const;
    const steps = stepsPerEpoch(LABELS, completeConfig({ epochSteps: 0, sampler: options }));
    const seen = draw(createSampler(LABELS, { ...OPTIONS, ...options }, START), 300).flat().length;
    expect((seen / 300) * steps).toBeGreaterThanOrEqual(11 - 1);
    expect((seen / 300) * (steps - 1)).toBeLessThan(11);
  });
});
