import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { Command } from 'commander';
import { FaceError } from '../../../core/errors';
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
import { withSession } from '../session';

interface AlignFlags extends CommonFlags {
  readonly size: number;
  readonly margin: number;
  readonly all?: true;
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
    await align(from, to, flags, report);
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

async function align(from: string, to: string, flags: AlignFlags, report: Report): Promise<void> {
  if ((resolve(to) + sep).startsWith(resolve(from) + sep))
    throw new FaceError('config/bad-value', { key: '<out>', value: to, reason: `it must lie outside ${from}` });
  const files = await picturesOf(from);
  await mkdir(to, { recursive: true });
  const bases = cropBases(files, to);
  const faceless = await withoutFace(to);
  const cropPath = (file: PictureFile, face: number) => `${bases.get(file)}${flags.all ? `_${face}` : ''}.png`;
  const isDone = (crop: string) => existsSync(crop) || faceless.has(resolve(crop));
  const open = files.filter((file) => !isDone(cropPath(file, 0)));

  const boxes = new BoxList(to);
  const output = { written: 0, skipped: files.length - open.length, boxes: boxes.path };
  const without: string[] = [];
  const failed: AlignOutput['failed'] = [];
  if (output.skipped > 0) report.note(`${output.skipped} of ${files.length} pictures are done already.`);

  const work = async (session: Parameters<Parameters<typeof withSession>[2]>[0]) => {
    const { size, margin } = flags;
    const options = detectOptions(flags);
    const outcomes = eachPicture(session, report, open, async (picture, file) => {
      const req = { picture, size, margin, faces: flags.all ? ('all' as const) : ('best' as const), options };
      const { width, height, faces, pngs } = await session.call('align', req);
      await mkdir(dirname(cropPath(file, 0)), { recursive: true });
      // The first crop last: it is what says that the picture is done.
      for (let i = faces.length - 1; i >= 0; i--) await writeWhole(cropPath(file, i), pngs[i]!);
      return faces.map(({ box }) => cutBox(box, margin, width, height));
    });
    for await (const outcome of outcomes) {
      const { file } = outcome;
      if ('error' in outcome) {
        failed.push({ picture: file.path, error: outcome.error });
        continue;
      }
      for (const [i, box] of outcome.result.entries()) await boxes.add(cropPath(file, i), box);
      output.written += outcome.result.length;
      if (outcome.result.length > 0) continue;
      without.push(file.path);
      await boxes.add(cropPath(file, 0));
      report.note(`${file.path}: no face`);
    }
  };
  if (open.length > 0) await withSession(startOptions(flags), report, work);
  report.line(`${output.written} crops written to ${to}, ${without.length} pictures without a face`);
  report.object({ ...output, withoutFace: without, failed } satisfies AlignOutput);
}

/** A file under its name is always a whole one. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const part = `${path}.part`;
  await writeFile(part, bytes);
  await rename(part, path);
}
