import { existsSync } from 'node:fs';
import type { EngineState } from '../../../client/types';
import { count, countOf } from '../../../core/count';
import { namedAdapter } from '../../../evaluate/lfwReport';
import { runSettings } from '../../../evaluate/lfwRun';
import { detectOptions } from '../options';
import type { Reporter } from '../reporter';
import type { Session } from '../session';
import { assertNormalisable } from './decide';
import { embedAll } from './embedAll';
import { EmbeddingsFile, FORM, type EmbeddingsHeader } from './embeddingsFile';
import { assertMargin, workerCount, type LfwFlags } from './flags';
import { changedSince, type PictureSet } from './pictureSet';
import { shardRange, type Shard } from './shards';
import { writeUnread, type Unread } from './unread';

/** Embeds the shard's pictures that are not in the file at `path` yet. Resolves to those that could not be read. */
export async function embedShard(
  session: Session,
  path: string,
  shard: Shard,
  pictures: PictureSet,
  flags: LfwFlags,
  reporter: Reporter,
): Promise<Unread[]> {
  const { start, end } = shardRange(shard, pictures.names.length);
  const header = await headerOf(session.state, pictures, flags);
  const { file, done } =
    flags.resume && existsSync(path)
      ? await EmbeddingsFile.resume(path, header)
      : { file: await EmbeddingsFile.create(path, header), done: new Map<number, number>() };
  const changed = await changedSince(pictures, done);
  for (const place of changed) done.delete(place);
  await writeUnread(path, null);
  if (changed.size > 0) reporter.note(`${count(changed.size, 'picture')} changed since: embedded again.`);
  if (done.size > 0) reporter.note(`${countOf(done.size, end - start, 'picture')} are done already.`);
  const places = Array.from({ length: end - start }, (_, i) => start + i).filter((place) => !done.has(place));
  try {
    const unread = await embedAll(session, reporter, file, pictures, places, {
      batch: flags.batch,
      inFlight: workerCount() + 1,
      failWithoutFace: flags.face === 'fail',
      columns: header.columns,
      options: {
        ...detectOptions(flags),
        noFace: flags.face === 'centre-crop' ? 'centre-crop' : 'skip',
        flip: flags.flip === true,
        ...(flags.crop && { crops: flags.crop }),
        ...(flags.margin && { margins: flags.margin }),
      },
    });
    await writeUnread(path, unread);
    return unread;
  } finally {
    await file.close();
  }
}

async function headerOf(state: EngineState, { names }: PictureSet, flags: LfwFlags): Promise<EmbeddingsHeader> {
  const { crop: crops, margin, minSize, thresholds, face } = flags;
  const flip = flags.flip === true;
  assertMargin(flags, crops ?? [state.crop]);
  const settings = await runSettings(state, { crops, margins: margin, flip, noFace: face, minSize, thresholds }, names);
  if (flags.normalise) assertNormalisable(state, settings);
  const columns = state.embeddingSize * (flip ? 2 : 1);
  return { settings, backend: state.backend, adapter: namedAdapter(state), columns, form: FORM };
}
