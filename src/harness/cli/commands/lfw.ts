import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { count } from '../../../core/count';
import { FaceError } from '../../../core/errors';
import type { CropKind } from '../../../core/types';
import { decisionLines, summary, unreadText } from '../../../evaluate/lfwReport';
import { parsePairs, type PairList } from '../../../evaluate/pairs';
import { namesOf } from '../../../evaluate/pictureNames';
import { MODELS } from '../../../weights/registry';
import { readText } from '../diskReason';
import { withDecider } from '../lfw/decide';
import { readEmbeddings, type Embeddings } from '../lfw/embeddingsFile';
import { embedShard } from '../lfw/embedShard';
import { addLfwOptions, assertMargin, engineOptions, workerCount, type LfwFlags } from '../lfw/flags';
import { findPictureSet, type PictureSet } from '../lfw/pictureSet';
import { readShards, shardPath, WHOLE, type Shard } from '../lfw/shards';
import type { Unread } from '../lfw/unread';
import { writeEvaluation } from '../lfw/writeEvaluation';
import { entryError } from '../output';
import type { Reporter, Runner } from '../reporter';
import { withSession, type Session } from '../session';

export function addLfw(program: Command, run: Runner): void {
  const command = program
    .command('lfw')
    .description('measure accuracy on a list of pairs by the protocol of Labeled Faces in the Wild');
  addLfwOptions(command).action(run(lfw));
}

async function lfw(flags: LfwFlags, reporter: Reporter): Promise<void> {
  const { list, pictures } = await readInputs(flags);
  await mkdir(flags.out, { recursive: true });
  if (flags.merge) await merge(list, pictures, flags, reporter);
  else await embed(list, pictures, flags, reporter);
}

/** Evaluates on the parts that lie in `--out`. */
async function merge(list: PairList, pictures: PictureSet, flags: LfwFlags, reporter: Reporter): Promise<void> {
  const shards = await readShards(flags.out, pictures);
  for (const { code, details } of shards.flatMap(({ unread }) => unread))
    reporter.failure(new FaceError(code, details));
  const evaluate = (decider: Session | null) => finish(list, pictures, shards, flags, decider, reporter);
  if (!flags.normalise) return evaluate(null);
  return withDecider(shards[0]!.header.settings, flags.out, engineOptions(flags), reporter, evaluate);
}

/** Embeds the pictures, or a part of them; the whole is then evaluated. */
async function embed(list: PairList, pictures: PictureSet, flags: LfwFlags, reporter: Reporter): Promise<void> {
  const shard = flags.shard ?? WHOLE;
  const path = shardPath(flags.out, shard);
  if (existsSync(path) && !flags.resume) throw new FaceError('harness/unfinished', { path });
  const workers = workerCount();
  const options = { ...engineOptions(flags), workers, ...(workers > 1 && { threads: 1 }) };
  await withSession(options, reporter, async (session) => {
    const unread = await embedShard(session, path, shard, pictures, flags, reporter);
    if (flags.shard) {
      sayShard(shard, path, unread, pictures, reporter);
      return;
    }
    const embeddings = await readEmbeddings(path);
    await finish(list, pictures, [embeddings], flags, flags.normalise ? session : null, reporter);
    if (embeddings.unread.length > 0)
      reporter.note(`${path} is kept: once the pictures can be read, --resume does only those that are missing.`);
    else await rm(path);
  });
}

function sayShard(
  { index, of }: Shard,
  path: string,
  unread: readonly Unread[],
  { names }: PictureSet,
  reporter: Reporter,
): void {
  reporter.line(`Part ${index} of ${of}: ${path}`);
  const failed = unread.map(({ index: place, code, details }) => ({
    picture: names[place]!,
    error: entryError(new FaceError(code, details)),
  }));
  reporter.object({ shard: `${index}/${of}`, file: path, failed });
}

async function readInputs(flags: LfwFlags): Promise<{ list: PairList; pictures: PictureSet }> {
  const own = cropOf(flags.model);
  const known = flags.crop ?? (own && [own]);
  if (known) assertMargin(flags, known);
  const list = parsePairs(await readText(flags.pairs), flags.pairs, flags.folds);
  return { list, pictures: await findPictureSet(flags.images, namesOf(list), flags.pairs) };
}

/** The crop of a model of the registry. That of a model's file, or of the default model, is known only once it is loaded. */
function cropOf(model: string | undefined): CropKind | undefined {
  return MODELS.flatMap((row) => (row.kind === 'embedder' && row.id === model ? [row.crop] : []))[0];
}

async function finish(
  list: PairList,
  pictures: PictureSet,
  shards: readonly Embeddings[],
  flags: LfwFlags,
  decider: Session | null,
  reporter: Reporter,
): Promise<void> {
  const options = {
    distance: flags.distance,
    subtractMean: flags.subtractMean === true,
    thresholdStep: flags.thresholdStep,
    far: flags.far,
    calibrate: flags.calibrate === true,
  };
  const result = await writeEvaluation(list, pictures, shards, options, flags.out, decider);
  reporter.line(summary(result));
  for (const line of result.decisions ? decisionLines(result.decisions) : []) reporter.line(line);
  reporter.line(
    `${count(result.pictures, 'picture')}, ${result.noFace} without a face${unreadText(result)}, ${result.imagesPerSecond.toFixed(1)} a second`,
  );
  reporter.line(`report, ROC, embeddings and wrong pairs: ${flags.out}`);
  reporter.object(result);
}
