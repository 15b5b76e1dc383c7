import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { judgeRun, MOST_SHOWN, unreadRow, reportFiles, type JudgeOptions, type LfwRow } from '../../../evaluate/judge';
import type { LfwReport } from '../../../evaluate/lfwReport';
import type { PairList } from '../../../evaluate/pairs';
import { writeNpy } from '../../../weights/formats/npy';
import type { Session } from '../session';
import { decisionOf } from './decide';
import { bytesOf, type PictureSet } from './pictureSet';
import type { Work } from './workFile';

/**
 * Judges the pairs by the embeddings of a complete run and writes everything to `folder`. `works`: its shards in order;
 * `decider`: the session of the model whose own decisions are evaluated too.
 */
export async function judge(
  list: PairList,
  { names, files }: PictureSet,
  works: readonly Work[],
  options: JudgeOptions,
  folder: string,
  decider: Session | null,
): Promise<LfwReport> {
  const embedded = works.flatMap((work) => work.rows);
  const rowAt = new Map<number, LfwRow>(embedded.map((row) => [row.index, row]));
  for (const { index, code, details } of works.flatMap((work) => work.unread))
    rowAt.set(index, unreadRow({ code, details })); // it may have been read before it was damaged
  const rows = names.map((_, i) => rowAt.get(i)!);
  const { columns, settings } = works[0]!.header;
  const judgement = judgeRun(
    list,
    {
      names,
      rows,
      columns,
      settings,
      seconds: embedded.reduce((sum, { microseconds }) => sum + microseconds, 0) / 1e6,
      backend: joined(works.map(({ header }) => header.backend)) ?? '',
      adapter: joined(works.map(({ header }) => header.adapter)),
      ...(decider && { decision: await decisionOf(decider, rows) }),
    },
    options,
  );
  const fileOf = new Map(names.map((name, i) => [name, files[i]!]));
  const read = (name: string): Promise<Uint8Array> => bytesOf(fileOf.get(name)!);
  const shown = await Promise.all(
    judgement.wrong
      .slice(0, MOST_SHOWN)
      .map(async (pair) => ({ ...pair, pictures: [await read(pair.a), await read(pair.b)] as const })),
  );
  await mkdir(folder, { recursive: true });
  for (const [name, content] of reportFiles(judgement, shown)) await writeFile(join(folder, name), content);
  const { table } = judgement;
  await writeFile(join(folder, 'embeddings.npy'), writeNpy({ shape: [table.rows, table.columns], data: table.data }));
  return judgement.report;
}

/** Several backends or adapters of one run, each once. */
function joined(values: readonly (string | null)[]): string | null {
  const all = [...new Set(values.filter((value) => value !== null))].sort();
  return all.length === 0 ? null : all.join(' + ');
}
