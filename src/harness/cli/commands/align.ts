import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Command } from 'commander';
import { badValue } from '../../../core/errors';
import type { AlignRequest } from '../../../client/types';
import { count, countOf } from '../../../core/count';
import { BoxList, cutBox } from '../boxList';
import { cropEnding, CropRecords, type CropOptions, type CropRecord } from '../cropRecords';
import { factsOf } from '../fileFacts';
import { inOrder } from '../concurrent';
import { addFaceOptions, detectOptions, startOptions, wholeNumber, type CommonFlags } from '../options';
import type { AlignOutput, Failure } from '../output';
import { stem, type PictureFile } from '../pictures';
import type { Reporter, Runner } from '../reporter';
import { eachPicture, findPictures } from '../run';
import { withSession, type Session } from '../session';
import { writeWhole } from '../writeWhole';

/** What of a run of `align` training repeats. */
export interface AlignFlags extends CommonFlags {
  readonly size: number;
  readonly margin: number;
  readonly all?: true;
  /** PNG where left out. */
  readonly form?: AlignRequest['form'];
}

export function addAlign(program: Command, run: Runner): void {
  const command = program
    .command('align')
    .description('cut the faces out of class folders of pictures; what is done already is skipped')
    .argument('<in>', 'class folders of pictures')
    .argument('<out>', 'folder for the crops, in the same class folders, and the list of boxes')
    .option('--size <pixels>', 'side of a crop', wholeNumber(16, 4096), 160)
    .option('--margin <pixels>', 'added to the box’s width and height, in source pixels', wholeNumber(0, 4096), 32)
    .option('--all', 'all faces of a picture, not only the best one');
  addFaceOptions(command).action(run(alignFolder));
}

async function alignFolder(from: string, to: string, flags: AlignFlags, reporter: Reporter): Promise<void> {
  const output = await align(await filesToAlign(from, to, reporter), to, flags, reporter);
  reporter.line(
    `${count(output.written, 'crop')} written to ${to}, ${count(output.withoutFace.length, 'picture')} without a face`,
  );
  reporter.object(output);
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

/** A picture that is to be cut, and what there is of it from an earlier run. */
interface Open {
  readonly file: PictureFile;
  readonly before: CropRecord | undefined;
}

/** Which pictures are still to do, and where a picture's crops go. */
interface Plan {
  readonly open: readonly Open[];
  readonly skipped: number;
  readonly records: CropRecords;
  readonly options: CropOptions;
  readonly baseOf: (file: PictureFile) => string;
}

/** Of each of `files` the crops are in `folder` as `cropBases` says, cut from what the picture is now, or it is open. */
async function makePlan(files: readonly PictureFile[], folder: string, options: CropOptions): Promise<Plan> {
  const bases = cropBases(files, folder);
  const baseOf = (file: PictureFile) => bases.get(file)!;
  const records = await CropRecords.open(folder);
  const open: Open[] = [];
  const scan = async (file: PictureFile): Promise<Open | null> => {
    const before = records.of(keyOf(folder, baseOf(file)));
    return before && (await isDone(file, before)) ? null : { file, before };
  };
  const isDone = async (file: PictureFile, before: CropRecord): Promise<boolean> => {
    if (before.picture !== file.inside || !sameOptions(before.options, options) || file.problem) return false;
    if (before.faces > 0 && !existsSync(baseOf(file) + cropEnding(0, options))) return false;
    const facts = await factsOf(file, before).catch(() => null); // reported when it is its turn
    if (facts?.sha256 !== before.sha256) return false;
    if (facts !== before) await records.add({ ...before, ...facts }); // only touched
    return true;
  };
  for await (const each of inOrder(files, scan)) if (each) open.push(each);
  return { open, skipped: files.length - open.length, records, options, baseOf };
}

function keyOf(folder: string, base: string): string {
  return relative(folder, base).split(sep).join('/');
}

function sameOptions(a: CropOptions, b: CropOptions): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof CropOptions>;
  return [...keys].every((key) => JSON.stringify(a[key]) === JSON.stringify(b[key]));
}

async function filesToAlign(from: string, to: string, reporter: Reporter): Promise<PictureFile[]> {
  if ((resolve(to) + sep).startsWith(resolve(from) + sep)) throw badValue('<out>', to, `it must lie outside ${from}`);
  return findPictures([from], reporter);
}

/** Cuts the faces out of pictures that are not done yet, into the folder `to`. Failures are reported and counted. */
export async function align(
  files: readonly PictureFile[],
  to: string,
  flags: AlignFlags,
  reporter: Reporter,
): Promise<AlignOutput> {
  await mkdir(to, { recursive: true });
  const { size, margin, form = 'png' } = flags;
  const options = { size, margin, all: flags.all === true, form, ...detectOptions(flags) };
  const plan = await makePlan(files, to, options);
  const again = plan.open.filter(({ before }) => before).length;
  if (plan.skipped > 0) reporter.note(`${countOf(plan.skipped, files.length, 'picture')} are done already.`);
  if (again > 0)
    reporter.note(
      `${count(again, 'picture')} cut before: the picture or the options are others now, so the crops are cut again.`,
    );
  const boxes = new BoxList(to);
  const { written, withoutFace, failed } =
    plan.open.length === 0
      ? { written: 0, withoutFace: [], failed: [] }
      : await withSession(startOptions(flags), reporter, (session) => cutFaces(session, reporter, plan, boxes, to));
  const list = written + withoutFace.length > 0 ? boxes.path : null;
  return { written, skipped: plan.skipped, withoutFace, boxes: list, failed };
}

async function cutFaces(
  session: Session,
  reporter: Reporter,
  { open, records, options, baseOf }: Plan,
  boxes: BoxList,
  folder: string,
) {
  const { size, margin, all, form, ...detect } = options;
  const withoutFace: string[] = [];
  const failed: Failure[] = [];
  let written = 0;
  const beforeOf = new Map(open.map(({ file, before }) => [file, before]));
  const outcomes = eachPicture(session, reporter, [...beforeOf.keys()], async (picture, file) => {
    const facts = await factsOf(file); // before it is cut: what takes its place meanwhile is seen the next time
    const faces = all ? 'all' : 'best';
    return { facts, ...(await session.call('align', { picture, size, margin, faces, form, options: detect })) };
  });
  for await (const outcome of outcomes) {
    const { file } = outcome;
    const base = baseOf(file);
    await removeCrops(base, beforeOf.get(file));
    if ('error' in outcome) {
      failed.push({ picture: file.path, error: outcome.error });
      continue;
    }
    const { width, height, faces: found, facts } = outcome.result;
    await mkdir(dirname(base), { recursive: true });
    for (const [i, { detection }] of found.entries())
      await boxes.add(base + cropEnding(i, options), cutBox(detection.box, margin, width, height));
    for (const [i, { file: crop }] of found.entries()) await writeWhole(base + cropEnding(i, options), crop);
    // Last: it is what says that the picture is done.
    await records.add({ base: keyOf(folder, base), picture: file.inside, faces: found.length, options, ...facts });
    written += found.length;
    if (found.length > 0) continue;
    await boxes.add(base + cropEnding(0, options));
    withoutFace.push(file.path);
    reporter.note(`${file.path}: no face`);
  }
  return { written, withoutFace, failed };
}

/** What an earlier run cut, of another picture or otherwise, so that nothing of both is mixed. */
async function removeCrops(base: string, before: CropRecord | undefined): Promise<void> {
  if (!before) return;
  for (let i = 0; i < before.faces; i++) await rm(base + cropEnding(i, before.options), { force: true });
}

/** How many of the pictures show no face, as far as they were cut into `folder`. */
export async function facelessIn(folder: string, files: readonly PictureFile[]): Promise<number> {
  const records = await CropRecords.open(folder);
  return [...cropBases(files, folder).values()].filter((base) => records.of(keyOf(folder, base))?.faces === 0).length;
}
