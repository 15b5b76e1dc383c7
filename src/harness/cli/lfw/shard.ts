import { InvalidArgumentError } from 'commander';

/** One part of a run that is split over machines: part `index` (from 1) of `of`. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export const WHOLE: Shard = { index: 1, of: 1 };

/** `--merge` looks for so many. */
export const MOST_SHARDS = 1000;

/** Playwright's notation: `2/5` is the second of five. */
export function parseShard(text: string): Shard {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const [index, of] = [Number(match?.[1]), Number(match?.[2])];
  if (!(index >= 1 && index <= of)) throw new InvalidArgumentError('It must be a part and their number, such as 2/5.');
  if (of > MOST_SHARDS) throw new InvalidArgumentError(`It must be of ${MOST_SHARDS} parts at most.`);
  return { index, of };
}

/** The part's share of `total` things: from the first to before the last; shares differ by one at most. */
export function shardRange({ index, of }: Shard, total: number): { readonly start: number; readonly end: number } {
  return { start: Math.floor(((index - 1) * total) / of), end: Math.floor((index * total) / of) };
}
