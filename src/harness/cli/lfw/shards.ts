/** A run split over machines: its parts, their files, and all of them again for `--merge`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { countOf } from '../../../core/count';
import { FaceError } from '../../../core/errors';
import { assertSameRun, readEmbeddings, type Embeddings } from './embeddingsFile';
import type { PictureSet } from './pictureSet';

/** Part `index` (from 1) of `of`. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export const WHOLE: Shard = { index: 1, of: 1 };

/** The most that `--merge` looks for. */
const MOST_SHARDS = 1000;

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

/** Where the embeddings of a part lie. */
export function shardPath(folder: string, { index, of }: Shard): string {
  return join(folder, `embeddings-${index}-of-${of}.part`);
}

/** All parts of one run. Throws `harness/shard-missing`, `harness/other-run`. */
export async function readShards(folder: string, { names }: PictureSet): Promise<Embeddings[]> {
  const counts = Array.from({ length: MOST_SHARDS }, (_, i) => i + 1);
  const of = counts.find((n) => counts.slice(0, n).some((index) => existsSync(shardPath(folder, { index, of: n }))));
  if (of === undefined) throw new FaceError('harness/shard-missing', { reason: `${folder} holds none.` });
  const shards: Embeddings[] = [];
  for (let index = 1; index <= of; index++) {
    const path = shardPath(folder, { index, of });
    if (!existsSync(path)) throw new FaceError('harness/shard-missing', { reason: `${path} is not there.` });
    const shard = await readEmbeddings(path);
    const { start, end } = shardRange({ index, of }, names.length);
    assertSameRun(path, shard.header.settings, (shards[0] ?? shard).header.settings);
    const there = new Set([...shard.rows, ...shard.unread].map(({ index: place }) => place)).size;
    if (there < end - start)
      throw new FaceError('harness/shard-missing', {
        reason: `${path} has ${countOf(there, end - start, 'picture')}.`,
      });
    shards.push(shard);
  }
  return shards;
}
