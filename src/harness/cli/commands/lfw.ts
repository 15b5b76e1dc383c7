import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { EngineState, StartOptions } from '../../../client/types';
import { count, countOf } from '../../../core/count';
import { FaceError } from '../../../core/errors';
import type { CropKind } from '../../../core/types';
import { DISTANCES, type DistanceName } from '../../../evaluate/distance';
import { decisionLines, namedAdapter, summary, unreadText, type RunSettings } from '../../../evaluate/lfwReport';
import { parsePairs, type PairList } from '../../../evaluate/pairs';
import { namesOf } from '../../../evaluate/pictureNames';
import { MODELS } from '../../../weights/rows';
import { assertNormalisable, withDecider } from '../lfw/decide';
import { embedAll } from '../lfw/embedAll';
import { judge } from '../lfw/judge';
import { changedSince, findPictureSet, type PictureSet } from '../lfw/pictureSet';
import { writeUnread, type Unread } from '../lfw/unread';
import { MOST_SHARDS, parseShard, shardRange, WHOLE, type Shard } from '../lfw/shard';
import { assertSameRun, FORM, readWork, WorkFile, type Work, type WorkHeader } from '../lfw/workFile';
import {
  addDetectOptions,
  addEngineOptions,
  detectOptions,
  far,
  margins,
  startOptions,
  thresholdStep,
  wholeNumber,
  type CommonFlags,
} from '../options';
import { entryError } from '../output';
import type { Report } from '../report';
import type { Runner } from '../runner';
import { withSession, type Session } from '../session';

/** Names with commas between. */
function crops(text: string): CropKind[] {
  return text.split(',').map((name) => {
    const crop = CROPS.find((known) => known === name);
    if (!crop) throw new InvalidArgumentError(`It must be of: ${CROPS.join(', ')}.`);
    return crop;
  });
}

/** Each has its own copy of the networks. */
const MOST_WORKERS = 16;
const CROPS = ['facenet', 'facenet-pytorch', 'arcface', 'similarity'] as const satisfies readonly CropKind[];
const NO_FACE = ['centre-crop', 'skip', 'fail'] as const;

export interface LfwFlags extends CommonFlags {
  readonly images: string;
  readonly pairs: string;
  readonly out: string;
  readonly crop?: readonly CropKind[];
  readonly margin?: readonly number[];
  readonly flip?: true;
  readonly subtractMean?: true;
  readonly distance: DistanceName;
  readonly thresholdStep?: number;
  readonly folds?: number;
  readonly far: number;
  readonly face: (typeof NO_FACE)[number];
  readonly batch: number;
  readonly resume?: true;
  readonly shard?: Shard;
  readonly merge?: true;
  readonly calibrate?: true;
  readonly normalise?: true;
}

export function addLfw(program: Command, run: Runner): void {
  const command = program
    .command('lfw')
    .description('measure accuracy on a list of pairs by the protocol of Labeled Faces in the Wild')
    .requiredOption('--images <folder>', 'the pictures: a folder, a .tgz, .tar or .zip')
    .requiredOption('--pairs <file>', 'pairs.txt, or a CSV a,b,same[,fold]')
    .requiredOption('--out <folder>', 'where the report and the embeddings go')
    .option(
      '--crop <name>',
      `how faces are cut out: ${CROPS.join(', ')}; of several, with commas, the mean (default: the model’s own)`,
      crops,
    )
    .option('--margin <pixels>', 'of the facenet crop, both sides together; of several (16,32,48) the mean', margins)
    .option('--flip', 'join each embedding with the mirror image’s')
    .option('--subtract-mean', 'subtract the mean embedding of the other folds')
    .addOption(new Option('--distance <name>', 'of two embeddings').choices(DISTANCES).default('euclidean'))
    .option('--threshold-step <d>', 'between thresholds that accuracy chooses from (default: 0.01)', thresholdStep)
    .option('--folds <n>', 'deal the pairs into so many folds (default: the list’s own, or 10)', wholeNumber(2, 1000))
    .option('--far <rate>', 'false-accept rate at which VAL is measured', far, 0.001)
    .addOption(
      new Option('--no-face <policy>', 'a picture without a detection').choices(NO_FACE).default('centre-crop'),
    )
    .option('--batch <n>', 'pictures sent at a time', wholeNumber(1, 1024), 64)
    .option('--resume', 'go on where a run was cut off')
    .option('--shard <i/n>', 'do only one of n parts, for --merge', parseShard)
    .option('--merge', 'judge by the parts that lie in --out')
    .option('--calibrate', 'also give distances at false-accept rates, from all pairs of pictures of two people')
    .option(
      '--normalise',
      'also give the model’s own decisions: by plain distances, and evened out over kinds of faces',
    );
  addDetectOptions(addEngineOptions(command)).action(run(lfw));
}

async function lfw(flags: LfwFlags, report: Report): Promise<void> {
  const { list, pictures } = await readInputs(flags);
  await mkdir(flags.out, { recursive: true });
  if (flags.merge) {
    const works = await readShards(flags.out, pictures);
    for (const { code, details } of works.flatMap(({ unread }) => unread)) report.failure(new FaceError(code, details));
    if (!flags.normalise) return finish(list, pictures, works, flags, null, report);
    const { settings } = works[0]!.header;
    return withDecider(settings, flags.out, engineOptions(flags), report, (session) =>
      finish(list, pictures, works, flags, session, report),
    );
  }

  const shard = flags.shard ?? WHOLE;
  const path = workPath(flags.out, shard);
  if (existsSync(path) && !flags.resume) throw new FaceError('harness/unfinished', { path });
  const workers = workersFor();
  await withSession(
    { ...engineOptions(flags), workers, ...(workers > 1 && { threads: 1 }) },
    report,
    async (session) => {
      const unread = await makeRows(session, path, shard, pictures, flags, report);
      if (flags.shard) {
        report.line(`Part ${shard.index} of ${shard.of}: ${path}`);
        const failed = unread.map(({ index, code, details }) => ({
          picture: pictures.names[index]!,
          error: entryError(new FaceError(code, details)),
        }));
        report.object({ shard: `${shard.index}/${shard.of}`, file: path, failed });
        return;
      }
      const work = await readWork(path);
      await finish(list, pictures, [work], flags, flags.normalise ? session : null, report);
      if (work.unread.length > 0)
        report.note(`${path} is kept: once the pictures can be read, --resume does only those that are missing.`);
      else await rm(path);
    },
  );
}

/** A worker with one thread for each core: less waiting than with all cores in one network, and all work is shared. */
function workersFor(): number {
  return Math.min(availableParallelism(), MOST_WORKERS);
}

/** The session keeps the model's own rate: `--far` is VAL's. */
function engineOptions(flags: LfwFlags): StartOptions {
  return startOptions({ ...flags, far: undefined });
}

async function readInputs(flags: LfwFlags): Promise<{ list: PairList; pictures: PictureSet }> {
  // Where neither is given the model, and so its crop, is known later.
  const own = cropOf(flags.model);
  const known = flags.crop ?? (own && [own]);
  if (known) assertMargin(flags, known);
  const text = await readFile(flags.pairs, 'utf8').catch(() => {
    throw new FaceError('harness/no-such-file', { path: flags.pairs });
  });
  const list = parsePairs(text, flags.pairs, flags.folds);
  return { list, pictures: await findPictureSet(flags.images, namesOf(list), flags.pairs) };
}

/** Of a model of the registry; of a file, as of no model, it is known later. */
function cropOf(model: string | undefined): CropKind | undefined {
  return MODELS.flatMap((row) => (row.kind === 'embedder' && row.id === model ? [row.crop] : []))[0];
}

function assertMargin({ margin }: LfwFlags, crops: readonly CropKind[]): void {
  if (margin === undefined || crops.includes('facenet')) return;
  const reason = `it is of the facenet crop, and this run’s crop is ${crops.join(', ')}.`;
  throw new FaceError('config/bad-value', { key: '--margin', value: margin.join(','), reason });
}

function workPath(folder: string, { index, of }: Shard): string {
  return join(folder, `embeddings-${index}-of-${of}.part`);
}

/** Embeds the shard's pictures that are not done yet. Resolves to those that could not be read. */
async function makeRows(
  session: Session,
  path: string,
  shard: Shard,
  pictures: PictureSet,
  flags: LfwFlags,
  report: Report,
): Promise<Unread[]> {
  const { start, end } = shardRange(shard, pictures.names.length);
  const header = headerOf(session.state, pictures, flags);
  const { work, done } =
    flags.resume && existsSync(path)
      ? await WorkFile.resume(path, header)
      : { work: await WorkFile.create(path, header), done: new Map<number, number>() };
  const changed = await changedSince(pictures, done);
  for (const place of changed) done.delete(place);
  await writeUnread(path, null);
  if (changed.size > 0) report.note(`${count(changed.size, 'picture')} changed since: embedded again.`);
  if (done.size > 0) report.note(`${countOf(done.size, end - start, 'picture')} are done already.`);
  const places = Array.from({ length: end - start }, (_, i) => start + i);
  try {
    const unread = await embedAll(
      session,
      report,
      work,
      pictures,
      places.filter((place) => !done.has(place)),
      {
        batch: flags.batch,
        inFlight: workersFor() + 1,
        failWithoutFace: flags.face === 'fail',
        columns: header.columns,
        options: {
          ...detectOptions(flags),
          noFace: flags.face === 'centre-crop' ? 'centre-crop' : 'skip',
          mirror: flags.flip === true,
          ...(flags.crop && { crops: flags.crop }),
          ...(flags.margin && { margins: flags.margin }),
        },
      },
    );
    await writeUnread(path, unread);
    return unread;
  } finally {
    await work.close();
  }
}

function headerOf(state: EngineState, { names }: PictureSet, flags: LfwFlags): WorkHeader {
  const crops = flags.crop ?? [state.crop];
  assertMargin(flags, crops);
  const settings: RunSettings = {
    model: state.model,
    engine: state.engine,
    precision: state.precision,
    crops,
    margins: flags.margin ?? null,
    flip: flags.flip === true,
    noFace: flags.face,
    minSize: flags.minSize ?? null,
    thresholds: flags.thresholds ?? null,
    pictures: createHash('sha256').update(names.join('\n')).digest('hex'),
  };
  if (flags.normalise) assertNormalisable(state, settings);
  const columns = state.embeddingSize * (settings.flip ? 2 : 1);
  return { settings, backend: state.backend, adapter: namedAdapter(state), columns, form: FORM };
}

/** All parts of one run. Throws `harness/shard-missing`, `harness/other-run`. */
async function readShards(folder: string, { names }: PictureSet): Promise<Work[]> {
  const counts = Array.from({ length: MOST_SHARDS }, (_, i) => i + 1);
  const of = counts.find((n) => counts.slice(0, n).some((index) => existsSync(workPath(folder, { index, of: n }))));
  if (of === undefined) throw new FaceError('harness/shard-missing', { reason: `${folder} holds none.` });
  const works: Work[] = [];
  for (let index = 1; index <= of; index++) {
    const path = workPath(folder, { index, of });
    if (!existsSync(path)) throw new FaceError('harness/shard-missing', { reason: `${path} is not there.` });
    const work = await readWork(path);
    const { start, end } = shardRange({ index, of }, names.length);
    assertSameRun(path, work.header.settings, works[0]?.header.settings ?? work.header.settings);
    const there = new Set([...work.rows, ...work.unread].map(({ index: place }) => place)).size;
    if (there < end - start)
      throw new FaceError('harness/shard-missing', {
        reason: `${path} has ${countOf(there, end - start, 'picture')}.`,
      });
    works.push(work);
  }
  return works;
}

async function finish(
  list: PairList,
  pictures: PictureSet,
  works: readonly Work[],
  flags: LfwFlags,
  decider: Session | null,
  report: Report,
): Promise<void> {
  const options = {
    distance: flags.distance,
    subtractMean: flags.subtractMean === true,
    thresholdStep: flags.thresholdStep,
    far: flags.far,
    calibrate: flags.calibrate === true,
  };
  const result = await judge(list, pictures, works, options, flags.out, decider);
  report.line(summary(result));
  for (const line of result.decisions ? decisionLines(result.decisions) : []) report.line(line);
  report.line(
    `${count(result.pictures, 'picture')}, ${result.noFace} without a face${unreadText(result)}, ${result.imagesPerSecond.toFixed(1)} a second`,
  );
  report.line(`report, ROC, embeddings and wrong pairs: ${flags.out}`);
  report.object(result);
}
