import { expect, test } from 'vitest';
import { RandomStream } from '../../../src/core/random';
import type { TrainingData } from '../../../src/train/samples';
import { completeConfig } from '../../../src/train/config/config';
import { tripletPasses } from '../../../src/train/tripletPasses';

/** Two people on a line: 0 and 1 at 0 and .1, 2 and 3 at .3 and .4; a picture is its place. */
const PLACES = [0, 0.1, 0.3, 0.4];
const SAMPLES: TrainingData = {
  labels: Int32Array.of(0, 0, 1, 1),
  read: async (chosen) => ({ data: Float32Array.from(chosen, (sample) => PLACES[sample]!), shape: [chosen.length, 1] }),
};
const embed = async ({ data }: { readonly data: Float32Array }) => data;
const sampler = { next: () => [0, 1, 2, 3], state: { random: 1, position: 0 } };
const config = (margin: number) =>
  completeConfig({
    loss: 'triplet',
    batch: 6,
    triplet: { margin, choice: 'inside-margin', mining: 'pass' },
    sampler: { kind: 'people', people: 2, picturesEach: 2 },
  });

/*
 * With a margin of .1, d²an < d²ap + .1 = .11: of the pair 0, 1 the negative 2 (.09); of 2, 3 both 0 (.09) and 1 (.04).
 */
test('a pass’s triplets come in steps of a third of the batch, each of them once, the anchor first', async () => {
  const seen: number[][] = [];
  const lefts: (readonly number[] | undefined)[] = [];
  const start = { sampler, random: new RandomStream(3), queue: [] };
  for await (const { data, labels, triplets, after } of tripletPasses(SAMPLES, config(0.1), start, embed)) {
    const rows = [...data].map((place) => PLACES.findIndex((known) => Math.abs(known - place) < 1e-6));
    expect(labels).toEqual(rows.map((row) => SAMPLES.labels[row]));
    for (const { anchor, positive, negative } of triplets!)
      seen.push([rows[anchor]!, rows[positive]!, rows[negative]!]);
    lefts.push(after.queue);
    if (after.queue === undefined) break;
  }
  const pairs = seen.map(([anchor, positive]) => `${anchor}–${positive}`).sort();
  expect(pairs).toEqual(['0–1', '2–3']);
  expect(seen.find(([anchor]) => anchor === 0)).toEqual([0, 1, 2]);
  expect([0, 1]).toContain(seen.find(([anchor]) => anchor === 2)![2]);
  expect(lefts.at(-1), 'the pass is finished').toBeUndefined();
});

test('the rest of a pass from a checkpoint comes before a new one', async () => {
  const start = { sampler, random: new RandomStream(3), queue: [3, 2, 0, 1, 0, 2, 2, 3, 1] };
  const passes = tripletPasses(SAMPLES, config(0.1), start, () => Promise.reject(new Error('not to be embedded')));
  const first = (await passes.next()).value;
  expect(first.labels).toEqual([1, 1, 0, 0, 0, 1]);
  expect(first.after.queue, 'six pictures a step: one triplet is left').toEqual([2, 3, 1]);
  const second = (await passes.next()).value;
  expect(second.labels).toEqual([1, 1, 0]);
});

test('nothing inside the margin: train/too-few, not a loop without end', async () => {
  const far: TrainingData = {
    ...SAMPLES,
    read: async (chosen) => ({
      ...(await SAMPLES.read(chosen, Math.random)),
      data: Float32Array.from(chosen, (sample) => 10 * SAMPLES.labels[sample]!),
    }),
  };
  const passes = tripletPasses(far, config(0.1), { sampler, random: new RandomStream(3), queue: [] }, embed);
  await expect(passes.next()).rejects.toThrow(expect.objectContaining({ code: 'train/too-few' }));
});
