import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { evaluateLfw, unreadRow, type LfwEvaluateOptions, type LfwRow } from '../../../evaluate/evaluateLfw';
import type { LfwReport } from '../../../evaluate/lfwReport';
import { reportFiles, shownPairs } from '../../../evaluate/lfwRun';
import type { PairList } from '../../../evaluate/pairs';
import type { Session } from '../session';
import { decisionOf } from './decide';
import type { Embeddings } from './embeddingsFile';
import { bytesOf, type PictureSet } from './pictureSet';

/** Evaluates a whole run, its `shards` in order, into `folder`; by the model's own decisions too with `decider`. */
export async function writeEvaluation(
  list: PairList,
  { names, files }: PictureSet,
  shards: readonly Embeddings[],
  options: LfwEvaluateOptions,
  folder: string,
  decider: Session | null,
): Promise<LfwReport> {
  const embedded = shards.flatMap((shard) => shard.rows);
  const rowAt = new Map<number, LfwRow>(embedded.map((row) => [row.index, row]));
  for (const { index, code, details } of shards.flatMap((shard) => shard.unread))
    rowAt.set(index, unreadRow({ code, details })); // it may have been read before it was damaged
  const rows = names.map((_, i) => rowAt.get(i)!);
  const { columns, settings } = shards[0]!.header;
  const evaluation = evaluateLfw(
    list,
    {
      ...{ names, rows, columns, settings },
      seconds: embedded.reduce((sum, { microseconds }) => sum + microseconds, 0) / 1e6,
      backend: joined(shards.map(({ header }) => header.backend)) ?? '',
      adapter: joined(shards.map(({ header }) => header.adapter)),
      ...(decider && { decision: await decisionOf(decider, rows) }),
    },
    options,
  );
  const fileOf = new Map(names.map((name, i) => [name, files[i]!]));
  const shown = await shownPairs(evaluation, (name) => bytesOf(fileOf.get(name)!));
  await mkdir(folder, { recursive: true });
  for (const [name, content] of reportFiles(evaluation, shown)) await writeFile(join(folder, name), content);
  return evaluation.report;
}

/** Several backends or adapters of one run, each once. */
function joined(values: readonly (string | null)[]): string | null {
  const all = [...new Set(values.filter((value) => value !== null))].sort();
  return all.length === 0 ? null : all.join(' + ');
}
