import { describe, expect, it } from 'vitest';
import { mulberry32, RandomStream } from '../../../src/core/random';
import type { Executor } from '../../../src/nn/executor';
import { DEFAULT_CONFIG, type AugmentConfig } from '../../../src/train/config/config';
import { FeatureCache } from '../../../src/train/featureCache';
import { frozenSamples, isCacheable, pictureSamples, type Backbone } from '../../../src/train/samples';
import { SAMPLES, SIZE } from '../../fixtures/tinyTraining';

const PLAIN = DEFAULT_CONFIG.augment;

/** A frozen part that can be written out: mean and sum of squares of each picture. It counts the pictures it is given. */
function countingBackbone(batch: number) {
  const perPicture = SIZE * SIZE * 3;
  const seen = { calls: 0 };
  const executor: Executor = {
    engine: 'tfjs',
    backend: 'wasm',
    adapter: null,
    inputShapes: [[batch, SIZE, SIZE, 3]],
    outputShapes: [[batch, 2]],
    async run([input]) {
      seen.calls++;
      const rows = Array.from({ length: batch }, (_, i) => input!.subarray(i * perPicture, (i + 1) * perPicture));
      return [Float32Array.from(rows.flatMap((row) => [...featuresOf(row)]))];
    },
    dispose() {},
  };
  return { backbone: { executor, size: SIZE, batch, shape: [2] } satisfies Backbone, seen };
}
const featuresOf = (picture: Float32Array) =>
  Float32Array.of(
    picture.reduce((sum, value, i) => sum + value * (i % 7), 0),
    picture.reduce((sum, value) => sum + value * value, 0),
  );

const CONFIGS: readonly (readonly [string, AugmentConfig])[] = [
  ['none', PLAIN],
  ['flipped pictures', { ...PLAIN, flip: true }],
  ['all', { rotate: 10, crop: 'random', flip: true, jitter: 0.2, erase: 0.5 }],
];

describe.each(CONFIGS)('a frozen part, augmentation: %s', (_, config) => {
  it('gives what it would make of the pictures that the whole network would see, by the same random numbers', async () => {
    const { backbone } = countingBackbone(4);
    const frozen = frozenSamples(SAMPLES, backbone, config, new FeatureCache(1e6));
    const pictures = pictureSamples(SAMPLES, SIZE, config);
    const [a, b] = [new RandomStream(5), new RandomStream(5)];
    for (const chosen of [
      [0, 1, 2, 3, 4],
      [4, 4, 9],
      [0, 1, 2, 3, 4],
    ]) {
      const got = await frozen.read(chosen, a.next);
      const seen = await pictures.read(chosen, b.next);
      expect(got.shape).toEqual([chosen.length, 2]);
      const perPicture = SIZE * SIZE * 3;
      chosen.forEach((sample, i) => {
        const expected = featuresOf(seen.data.slice(i * perPicture, (i + 1) * perPicture));
        expect([...got.data.slice(2 * i, 2 * i + 2)], `sample ${sample}`).toEqual([...expected]);
      });
      expect(a.state).toBe(b.state);
    }
  });
});

it('is run once for each picture and flipped picture, whatever is read later; always in whole batches', async () => {
  const { backbone, seen } = countingBackbone(4);
  const frozen = frozenSamples(SAMPLES, backbone, { ...PLAIN, flip: true }, new FeatureCache(1e6));
  const done: number[] = [];
  await frozen.fill((count) => done.push(count) > 0);
  expect(seen.calls).toBe((2 * SAMPLES.length) / 4);
  expect(done.at(-1)).toBe(2 * SAMPLES.length);
  const random = mulberry32(1);
  for (let i = 0; i < 10; i++) await frozen.read([...SAMPLES.keys()], random);
  expect(seen.calls).toBe((2 * SAMPLES.length) / 4);
});

it('stops filling when asked, and continues later', async () => {
  const { backbone, seen } = countingBackbone(4);
  const frozen = frozenSamples(SAMPLES, backbone, PLAIN, new FeatureCache(1e6));
  await frozen.fill((done) => done < 8);
  expect(seen.calls).toBe(2);
  expect(frozen.known(7, false)).toHaveLength(2);
  expect(frozen.known(8, false)).toBeUndefined();
  await frozen.fill(() => true);
  expect(seen.calls).toBe(SAMPLES.length / 4);
});

it('what does not fit into memory is computed again, with the same values', async () => {
  const { backbone, seen } = countingBackbone(4);
  const cache = new FeatureCache(5 * 8);
  const frozen = frozenSamples(SAMPLES, backbone, PLAIN, cache);
  const first = await frozen.read([...SAMPLES.keys()], Math.random);
  expect(cache.full).toBe(true);
  const before = seen.calls;
  expect(await frozen.read([...SAMPLES.keys()], Math.random)).toEqual(first);
  expect(seen.calls).toBe(before + Math.ceil((SAMPLES.length - 5) / 4));
});

it.each([
  [{ flip: true }, true],
  [{ crop: 'random' }, false],
  [{ rotate: 1 }, false],
  [{ jitter: 0.1 }, false],
  [{ erase: 0.1 }, false],
] as const)('with %j a picture gives only itself and its flipped picture: %s', (more, cacheable) => {
  expect(isCacheable({ ...PLAIN, ...more })).toBe(cacheable);
});
