import { FaceError } from '../../../core/errors';
import type { HarnessOps, PictureRef } from '../../bridge';
import { sourceOf, type PictureFile } from '../pictures';
import type { Report } from '../report';
import type { HarnessSession } from '../session';
import { AT_ONCE } from './atOnce';
import type { Labelled } from './people';

/** Gives the page pictures. Those that cannot be read are told and left out; resolves to the others. */
export async function addAll(
  session: HarnessSession,
  report: Report,
  set: 'train' | 'heldOut' | 'impostors',
  { files, labels }: Labelled,
): Promise<Labelled> {
  const read = await readPlaces(session, report, files, (pictures, places) =>
    session.call('trainAdd', { set, pictures, labels: places.map((i) => labels[i]!) }),
  );
  return { files: read.map((i) => files[i]!), labels: read.map((i) => labels[i]!) };
}

/** Those of the pictures that can be read; the others are told. */
export async function readableFaces(
  session: HarnessSession,
  report: Report,
  files: readonly PictureFile[],
): Promise<PictureFile[]> {
  const read = await readPlaces(session, report, files, (pictures) => session.call('trainCheck', { pictures }));
  return read.map((i) => files[i]!);
}

/** The places of those that neither the disk nor the page says cannot be read. */
async function readPlaces(
  session: HarnessSession,
  report: Report,
  files: readonly PictureFile[],
  give: (pictures: PictureRef[], places: readonly number[]) => Promise<HarnessOps['trainCheck']['res']>,
): Promise<number[]> {
  const read: number[] = [];
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const lent: { readonly file: string | Uint8Array; readonly name: string; readonly place: number }[] = [];
    for (const [i, file] of files.slice(at, at + AT_ONCE).entries()) {
      try {
        lent.push({ file: await sourceOf(file), name: file.path, place: at + i });
      } catch (thrown) {
        report.failure(thrown);
      }
    }
    const places = lent.map(({ place }) => place);
    if (lent.length === 0) continue;
    const { unreadable } = await session.withPictures(lent, (pictures) => give(pictures, places));
    for (const { code, details } of unreadable) report.failure(new FaceError(code, details));
    const wrong = new Set(unreadable.map(({ index }) => index));
    read.push(...places.filter((_, i) => !wrong.has(i)));
    report.progress({ stage: 'Pictures', done: Math.min(at + AT_ONCE, files.length), total: files.length });
  }
  report.endProgress();
  return read;
}
