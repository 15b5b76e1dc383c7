/** Pictures of a training on their way to the page, some at a time. */
import type { PictureRef, PictureSet } from '../../../client/types';
import { FaceError, type ErrorData } from '../../../core/errors';
import { sourceOf, type PictureFile } from '../pictures';
import type { Reporter } from '../reporter';
import type { HarnessSession } from '../session';
import type { Crops } from './faces';
import type { Labelled } from './people';

/** Pictures that go to the page at once. */
export const AT_ONCE = 64;

/** Adds pictures to a set. Those that cannot be read are reported and left out; resolves to the others. */
export async function addAll(
  session: HarnessSession,
  reporter: Reporter,
  set: PictureSet,
  { files, labels }: Labelled,
): Promise<Labelled> {
  const read = await readPlaces(session, reporter, files, (pictures, places) =>
    session.call(
      'trainAdd',
      set,
      pictures,
      places.map((i) => labels[i]!),
    ),
  );
  return { files: read.map((i) => files[i]!), labels: read.map((i) => labels[i]!) };
}

/** Those of the crops that can be read; the others are reported. */
export async function readableCrops(session: HarnessSession, reporter: Reporter, crops: Crops): Promise<Crops> {
  const all = [...crops];
  const files = all.map(([, crop]) => crop);
  const read = await readPlaces(session, reporter, files, (pictures) => session.call('trainCheck', pictures));
  return new Map(read.map((i) => all[i]!));
}

type Unreadable = ErrorData & { readonly index: number };

/** The places of those that neither the disk nor the page says cannot be read. */
async function readPlaces(
  session: HarnessSession,
  reporter: Reporter,
  files: readonly PictureFile[],
  give: (pictures: PictureRef[], places: readonly number[]) => Promise<{ readonly unreadable: readonly Unreadable[] }>,
): Promise<number[]> {
  const read: number[] = [];
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const lent: { readonly file: string | Uint8Array; readonly name: string; readonly place: number }[] = [];
    for (const [i, file] of files.slice(at, at + AT_ONCE).entries()) {
      try {
        lent.push({ file: await sourceOf(file), name: file.path, place: at + i });
      } catch (thrown) {
        reporter.failure(thrown);
      }
    }
    const places = lent.map(({ place }) => place);
    if (lent.length === 0) continue;
    const { unreadable } = await session.withPictures(lent, (pictures) => give(pictures, places));
    for (const { code, details } of unreadable) reporter.failure(new FaceError(code, details));
    const wrong = new Set(unreadable.map(({ index }) => index));
    read.push(...places.filter((_, i) => !wrong.has(i)));
    reporter.progress({ stage: 'Pictures', done: Math.min(at + AT_ONCE, files.length), total: files.length });
  }
  reporter.endProgress();
  return read;
}
