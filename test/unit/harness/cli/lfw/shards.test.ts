import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { parseShard, shardRange } from '../../../../../src/harness/cli/lfw/shards';

test('Playwright’s notation', () => {
  expect(parseShard('2/5')).toEqual({ index: 2, of: 5 });
  for (const text of ['0/5', '6/5', '2', '2/5/7', 'a/b', '1/0', ''])
    expect(() => parseShard(text), text).toThrow(InvalidArgumentError);
});

test.each([
  [7701, 5],
  [3, 5],
  [10, 1],
])('%i pictures in %i shards: each once, in order, none larger by more than one', (total, of) => {
  const ranges = Array.from({ length: of }, (_, i) => shardRange({ index: i + 1, of }, total));
  expect(ranges[0]!.start).toBe(0);
  expect(ranges.at(-1)!.end).toBe(total);
  for (const [i, range] of ranges.slice(1).entries()) expect(range.start).toBe(ranges[i]!.end);
  const sizes = ranges.map(({ start, end }) => end - start);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
});
