/** The faces of a training: of the people to train on, of impostors, and of LFW's pairs, as crops on the disk. */
import { existsSync } from 'node:fs';
import { count } from '../../../core/count';
import { assertEvaluable } from '../../../evaluate/evaluation';
import { align, cropBases, facelessIn } from '../commands/align';
import type { PictureFile } from '../pictures';
import type { Reporter } from '../reporter';
import { findReadable, peopleIn } from '../run';
import { filterPictures, readCentreFile } from './centreFile';
import type { TrainFlags } from './flags';
import { readLfw, type Lfw } from './lfw';
import { impostorsOf, peopleOf, splitPeople, type Labelled } from './people';
import { keepRunData } from './runData';
import type { RunFolder } from './runFolder';
import type { TrainSettings } from './settings';

/** Which pictures of each person are held out is chosen at random, the same in every run. */
export const SEED = 666;

export interface TrainFaces {
  /** Whom the run trains on, by class number. */
  readonly people: readonly string[];
  readonly train: Labelled;
  readonly heldOut: Labelled;
  readonly impostors: Labelled;
  /** Pictures of people without a face. */
  readonly noFace: number;
  /** The pairs of a validation, and the crop of each of its pictures that shows a face. */
  readonly lfw: (Lfw & { readonly crops: Crops }) | null;
}

export type Crops = ReadonlyMap<PictureFile, PictureFile>;

/** Cuts the faces out, those of an earlier run kept. Throws `train/other-data`, `evaluate/too-few`. */
export async function collectFaces(
  settings: TrainSettings,
  folder: RunFolder,
  reporter: Reporter,
): Promise<TrainFaces> {
  const { flags } = settings;
  const cut = (files: readonly PictureFile[], to: string) => cropsOf(files, to, settings, reporter);
  const chosen = await chosenPictures(flags, reporter);
  await keepRunData(folder.data, chosen, { folder: flags.data, resumes: folder.resumes });
  const { crops, noFace } = await cut(chosen, folder.crops);
  const split = splitPeople(peopleOf([...crops.values()]), { ...flags, seed: SEED });
  const others = flags.impostors === undefined ? [] : await findReadable([flags.impostors], reporter);
  const impostors = impostorsOf([...(await cut(others, folder.impostorCrops)).crops.values()]);
  // Of one person the trainer says what is wrong.
  if (split.people.length > 1) assertEvaluable(split.heldOut.labels, impostors.labels);
  const { lfw: images, pairs } = flags;
  const lfw = images !== undefined && pairs !== undefined ? await readLfw(images, pairs) : null;
  const lfwFaces = lfw && { ...lfw, crops: (await cut(lfw.files, folder.lfwCrops)).crops };
  return { ...split, impostors, noFace, lfw: lfwFaces };
}

/** The pictures of `--data`, without those that `--filter` leaves out. */
async function chosenPictures(flags: TrainFlags, reporter: Reporter): Promise<PictureFile[]> {
  const files = await findReadable([flags.data], reporter);
  peopleIn(files, reporter); // notes names in several spellings
  if (flags.filter === undefined) return files;
  const filter = { percentile: flags.filterPercentile, least: flags.filterMinImages };
  const { files: kept, far, few, unknown } = filterPictures(files, await readCentreFile(flags.filter), filter);
  reporter.note(
    `Filter: ${count(kept.length, 'picture')} kept; ${far} too far from their person’s centre, ${few} of people with too few left.`,
  );
  if (unknown > 0) reporter.note(`${count(unknown, 'picture')} not in ${flags.filter}, so of unknown distance: kept.`);
  return kept;
}

/** The crop of each picture with a face, in a folder of the run; or the pictures themselves, if they are crops. */
async function cropsOf(
  files: readonly PictureFile[],
  to: string,
  { flags, crop }: TrainSettings,
  reporter: Reporter,
): Promise<{ readonly crops: Crops; readonly noFace: number }> {
  if (flags.aligned || files.length === 0) return { crops: new Map(files.map((file) => [file, file])), noFace: 0 };
  await align(files, to, { ...crop, backend: flags.backend }, reporter);
  const crops = new Map<PictureFile, PictureFile>();
  for (const [file, base] of cropBases(files, to))
    if (existsSync(`${base}.png`)) crops.set(file, { path: `${base}.png`, inside: file.inside });
  return { crops, noFace: await facelessIn(to, files) };
}
