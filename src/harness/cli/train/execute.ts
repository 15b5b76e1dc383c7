import { existsSync } from 'node:fs';
import { count } from '../../../core/count';
import { FaceError } from '../../../core/errors';
import { RandomStream, shuffledIndices } from '../../../core/random';
import { warningsOf } from '../../../evaluate/evaluationWords';
import { assertEvaluable } from '../../../evaluate/evaluation';
import { FACENET } from '../../../weights/rows';
import type { HarnessBase } from '../../bridge';
import { align, cropBases, facelessIn } from '../commands/align';
import type { PictureFile } from '../pictures';
import type { Evaluation } from '../../../core/types';
import type { Report } from '../report';
import { modelsFolder } from '../root';
import { findReadable, peopleIn } from '../run';
import { withPage, type HarnessSession } from '../session';
import { chooseModel } from '../trainedFiles';
import { filterPictures, readCentreFile } from './centreFile';
import { runConfig } from './config';
import { workOf } from './epochs';
import { addAll, readableFaces } from './addAll';
import { readConfig, readSchedule, type TrainFlags } from './flags';
import { readLfw } from './lfw';
import { impostorsOf, peopleOf, splitPeople, type Labelled } from './people';
import { engineLine, measuredAt, planLine, ranOn, tell, type TrainReport } from './report';
import { keepRunData } from './runData';
import { RunFolder } from './runFolder';
import { trainAll } from './trainAll';
import { lfwBy, rawAccuracy } from './validate';

/** The crop of the model, and the original's for training with random crops, from which the model's is cut. */
const CROP = { size: 160, margin: 32 } as const;
const WIDE_CROP = { size: 182, margin: 44 } as const;
const SEED = 666;

/** Trains as the flags say and leaves everything in `--out`. Throws what the train worker throws. */
export async function executeTraining(kind: 'train' | 'finetune', flags: TrainFlags, report: Report): Promise<void> {
  if ((flags.lfw === undefined) !== (flags.pairs === undefined))
    throw new FaceError('config/bad-value', {
      key: '--lfw',
      value: flags.lfw ?? 'nothing',
      reason: 'it goes together with --pairs',
    });
  if (flags.holdOutPeople && flags.trainImages !== undefined)
    throw new FaceError('config/bad-value', {
      key: '--hold-out-people',
      value: true,
      reason: 'with --train-images pictures judge.',
    });
  const file = await readConfig(flags.config);
  const schedule = await readSchedule(flags.schedule);
  const trainable = kind === 'train' ? 'all' : (flags.trainable ?? 'head');
  const folder = await RunFolder.open(flags.out, { command: kind, ...flags }, flags.resume === true);
  const crop = (file['augment'] as { crop?: string } | undefined)?.crop === 'random' ? WIDE_CROP : CROP;
  const cut = (from: readonly PictureFile[], to: string) => cropsOf(from, to, crop, flags, report);

  const chosen = await chosenPictures(flags, report);
  await keepRunData(folder.data, chosen, { folder: flags.data, goesOn: folder.goesOn });
  const data = await cut(chosen, folder.crops);
  const { people, ...split } = splitPeople(peopleOf(data.files), { ...flags, seed: SEED });
  const others = impostorsOf(
    flags.impostors === undefined
      ? []
      : (await cut(await findReadable([flags.impostors], report), folder.impostorCrops)).files,
  );
  // Of one person the trainer says what is wrong.
  if (people.length > 1) assertEvaluable(split.heldOut.labels, others.labels);
  const lfw = flags.lfw !== undefined && flags.pairs !== undefined ? await readLfw(flags.lfw, flags.pairs) : null;
  const lfwFound = lfw ? (await cut(lfw.files, folder.lfwCrops)).found : null;

  await withPage(flags.backend, report, async (session) => {
    const engine = await session.call('trainStart', { backend: flags.backend });
    report.endProgress();
    report.note(engineLine(engine));
    const train = await addAll(session, report, 'train', flags.shuffleLabels ? shuffled(split.train) : split.train);
    const heldOut = await addAll(session, report, 'heldOut', split.heldOut);
    const impostors = await addAll(session, report, 'impostors', others);
    const lfwCrops = lfwFound && (await readableOf(lfwFound, session, report));
    const base = await baseOf(kind, flags, session);
    const begins =
      kind === 'train' ? ({ kind: 'scratch', width: flags.width } as const) : ({ kind: 'model', id: '' } as const);
    const amount = { people: people.length, pictures: train.files.length };
    const config = runConfig({ ...flags, schedule }, file, { base: begins, trainable }, amount);
    const plan = await base.use((given) =>
      session.call('trainPrepare', { base: given, trainable, config, people: [...people] }),
    );
    report.endProgress();
    for (const note of plan.notes) report.note(note);
    report.note(planLine(plan, people.length, train.files.length, heldOut.files.length));

    const validate = async (which: 'before' | 'after') =>
      lfw && lfwCrops
        ? lfwBy(session, lfw, lfwCrops, flags.far, (pictures) => session.call('trainEmbed', { which, pictures }))
        : null;
    const untrained = await validate('before');
    const result = await trainAll(session, folder, plan, flags, report, async ({ step, epoch }) => {
      const point = await validate('after');
      if (point) await folder.addLfw({ step, epoch, lfw: point });
      if (point) report.note(`epoch ${epoch}: LFW ${point.accuracy.toFixed(4)}, VAL ${point.val.toFixed(4)}`);
    });
    const { before, after, evened } = await session.call('trainEvaluate', { far: flags.far });
    report.endProgress();
    const { id, trained } = await base.use(async (given) => {
      const measured = trainable === 'head' ? null : measuredBy(after);
      const saved = await session.withOutput(folder.model, (out) =>
        session.call('trainSave', {
          base: given,
          title: `${kind === 'train' ? 'Trained' : 'Fine-tuned'} on ${count(people.length, 'person', 'people')}`,
          createdAt: Date.now(),
          measured,
          people: plan.config.loss === 'triplet' ? [] : [...people],
          out,
        }),
      );
      return { id: saved.id, trained: await validate('after') };
    });
    const raw = kind === 'train' ? await rawAccuracy(session, train, heldOut) : null;
    const rawLfw =
      lfw && lfwCrops
        ? await lfwBy(session, lfw, lfwCrops, flags.far, (pictures) => session.call('rawPixels', { pictures }))
        : null;
    const work = workOf(await folder.lines(), plan.config.batch * plan.config.accumulate);
    const output: TrainReport = {
      model: id,
      ...ranOn(engine),
      people: people.length,
      pictures: train.files.length,
      heldOut: heldOut.files.length,
      impostors: impostors.files.length,
      noFace: data.noFace,
      steps: result.step,
      epochs: result.epoch,
      ...work,
      before: measuredAt(before),
      after: measuredAt(after),
      evened,
      accepted: warningsOf({ before, after }).length === 0,
      ...(raw !== null && { rawPixels: raw }),
      ...(untrained && trained && rawLfw && { lfw: { rawPixels: rawLfw, before: untrained, after: trained } }),
    };
    await folder.writeReport(output);
    tell(report, output, flags.out);
  });
}

/** The pictures of `--data`, without those that `--filter` leaves out. */
async function chosenPictures(flags: TrainFlags, report: Report): Promise<PictureFile[]> {
  const files = await findReadable([flags.data], report);
  peopleIn(files, report); // tells of names in several spellings
  if (flags.filter === undefined) return files;
  const filter = { percentile: flags.filterPercentile, least: flags.filterMinImages };
  const { files: kept, far, few, unknown } = filterPictures(files, await readCentreFile(flags.filter), filter);
  report.note(
    `Filter: ${count(kept.length, 'picture')} kept; ${far} too far from their person’s centre, ${few} of people with too few left.`,
  );
  if (unknown > 0) report.note(`${count(unknown, 'picture')} not in ${flags.filter}, so of unknown distance: kept.`);
  return kept;
}

/** Faces of pictures as crops in a folder of the run, those done before kept; or the pictures themselves, if they are crops. */
async function cropsOf(
  files: readonly PictureFile[],
  to: string,
  crop: { readonly size: number; readonly margin: number },
  flags: TrainFlags,
  report: Report,
): Promise<{ files: PictureFile[]; found: ReadonlyMap<PictureFile, PictureFile>; noFace: number }> {
  if (flags.aligned) return { files: [...files], found: new Map(files.map((file) => [file, file])), noFace: 0 };
  await align(files, to, { ...crop, backend: flags.backend }, report);
  const found = new Map<PictureFile, PictureFile>();
  for (const [file, base] of cropBases(files, to))
    if (existsSync(`${base}.png`)) found.set(file, { path: `${base}.png`, inside: file.inside });
  return { files: [...found.values()], found, noFace: await facelessIn(to, files) };
}

/** Those of the crops that can be read; the others are told. */
async function readableOf(
  crops: ReadonlyMap<PictureFile, PictureFile>,
  session: HarnessSession,
  report: Report,
): Promise<ReadonlyMap<PictureFile, PictureFile>> {
  const readable = new Set(await readableFaces(session, report, [...crops.values()]));
  return new Map([...crops].filter(([, crop]) => readable.has(crop)));
}

/** The run's beginning, lent to the page while it is used. */
async function baseOf(kind: 'train' | 'finetune', flags: TrainFlags, session: HarnessSession) {
  const same = (base: HarnessBase) => ({ use: <T>(work: (base: HarnessBase) => Promise<T>) => work(base) });
  if (kind === 'train') return same({ kind: 'scratch', width: flags.width, size: flags.size });
  const chosen = await chooseModel(flags.model ?? FACENET.id, undefined, modelsFolder());
  if ('model' in chosen) return same({ kind: 'model', id: chosen.model });
  return {
    use: <T>(work: (base: HarnessBase) => Promise<T>) =>
      session.withPicture(chosen.path, chosen.path, (file) => work({ kind: 'file', file })),
  };
}

/** People dealt out at random: what the network then learns of them is chance. */
function shuffled({ files, labels }: Labelled): Labelled {
  const order = shuffledIndices(labels.length, new RandomStream(SEED).next);
  return { files, labels: [...order].map((i) => labels[i]!) };
}

function measuredBy({ far, plainThreshold, impostorPairs }: Evaluation) {
  return { far, threshold: plainThreshold, impostors: impostorPairs };
}
