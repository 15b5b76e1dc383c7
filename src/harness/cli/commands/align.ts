import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { Command } from 'commander';
import { FaceError } from '../../../core/errors';
import type { CropForm } from '../../bridge';
import { BoxList, cutBox, withoutFace } from '../boxList';
import {
  addDetectOptions,
  addEngineOptions,
  detectOptions,
  startOptions,
  wholeNumber,
  type CommonFlags,
} from '../options';
import type { AlignOutput } from '../output';
import { picturesOf, stem, type PictureFile } from '../pictures';
import { Report } from '../report';
import { eachPicture } from '../run';
import { withSession, type Session } from '../session';
import { writeWhole } from '../writeWhole';

/** What of a run of `align` training repeats. */
export interface AlignFlags extends CommonFlags {
  readonly size: number;
  readonly margin: number;
  readonly all?: true;
  /** PNG where left out. */
  readonly form?: CropForm;
}

export function addAlign(program: Command, done: (report: Report) => void): void {
  const command = program
    .command('align')
    .description('cut the faces out of class folders of pictures; what is there already is skipped')
    .argument('<in>', 'class folders of pictures')
    .argument('<out>', 'folder for the crops, in the same class folders, and the list of boxes')
    .option('--size <pixels>', 'side of a crop', wholeNumber(16, 4096), 160)
    .option('--margin <pixels>', 'added to the box’s width and height, in source pixels', wholeNumber(0, 4096), 32)
    .option('--all', 'all faces of a picture, not only the best one');
  addDetectOptions(addEngineOptions(command)).action(async (from: string, to: string, flags: AlignFlags) => {
    const report = new Report(flags.json === true);
    const output = await align(await filesToAlign(from, to), to, flags, report);
    report.line(`${output.written} crops written to ${to}, ${output.withoutFace.length} pictures without a face`);
    report.object(output);
    done(report);
  });
}

/** A crop's path without number and ending; two pictures of one name in a folder get `-2`, `-3` after it. */
export function cropBases(files: readonly PictureFile[], folder: string): Map<PictureFile, string> {
  const taken = new Set<string>();
  const bases = new Map<PictureFile, string>();
  for (const file of files) {
    const first = join(folder, dirname(file.inside), stem(file.inside));
    let base = first;
    for (let n = 2; taken.has(base); n++) base = `${first}-${n}`;
    taken.add(base);
    bases.set(file, base);
  }
  return bases;
}

/** Which pictures are still to do, and where a picture's crops go. */
interface Plan {
  readonly open: readonly PictureFile[];
  readonly skipped: number;
  cropPath(file: PictureFile, face: number): string;
}

async function makePlan(files: readonly PictureFile[], folder: string, all: boolean, form: CropForm): Promise<Plan> {
  const bases = cropBases(files, folder);
  const faceless = await withoutFace(folder);
  const cropPath = (file: PictureFile, face: number) => `${bases.get(file)}${all ? `_${face}` : ''}.${form}`;
  const isDone = (crop: string) => existsSync(crop) || faceless.has(resolve(crop));
  const open = files.filter((file) => !isDone(cropPath(file, 0)));
  return { open, skipped: files.length - open.length, cropPath };
}

async function filesToAlign(from: string, to: string): Promise<PictureFile[]> {
  if ((resolve(to) + sep).startsWith(resolve(from) + sep))
    throw new FaceError('config/bad-value', { key: '<out>', value: to, reason: `it must lie outside ${from}` });
  return picturesOf(from);
}

/** Cuts the faces out of pictures that are not done yet, into the folder `to`. Failures are told and counted. */
export async function align(
  files: readonly PictureFile[],
  to: string,
  flags: AlignFlags,
  report: Report,
): Promise<AlignOutput> {
  await mkdir(to, { recursive: true });
  const plan = await makePlan(files, to, flags.all === true, flags.form ?? 'png');
  if (plan.skipped > 0) report.note(`${plan.skipped} of ${files.length} pictures are done already.`);
  const boxes = new BoxList(to);
  const { written, withoutFace, failed } =
    plan.open.length === 0
      ? { written: 0, withoutFace: [], failed: [] }
      : await withSession(startOptions(flags), report, (session) => cutFaces(session, report, plan, boxes, flags));
  const list = written + withoutFace.length > 0 ? boxes.path : null;
  return { written, skipped: plan.skipped, withoutFace, boxes: list, failed };
}

async function cutFaces(session: Session, report: Report, { open, cropPath }: Plan, boxes: BoxList, flags: AlignFlags) {
  const { size, margin, form = 'png' } = flags;
  const faces = flags.all ? 'all' : 'best';
  const withoutFace: string[] = [];
  const failed: AlignOutput['failed'] = [];
  let written = 0;
  const outcomes = eachPicture(session, report, open, (picture) =>
    session.call('align', { picture, size, margin, faces, form, options: detectOptions(flags) }),
  );
  for await (const outcome of outcomes) {
    const { file } = outcome;
    if ('error' in outcome) {
      failed.push({ picture: file.path, error: outcome.error });
      continue;
    }
    const { width, height, faces: found, files } = outcome.result;
    await mkdir(dirname(cropPath(file, 0)), { recursive: true });
    for (const [i, { box }] of found.entries()) await boxes.add(cropPath(file, i), cutBox(box, margin, width, height));
    // The first crop last: it is what says that the picture is done.
    for (let i = found.length - 1; i >= 0; i--) await writeWhole(cropPath(file, i), files[i]!);
    written += found.length;
    if (found.length > 0) continue;
    await boxes.add(cropPath(file, 0));
    withoutFace.push(file.path);
    report.note(`${file.path}: no face`);
  }
  return { written, withoutFace, failed };
}
