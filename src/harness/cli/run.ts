import { PersonNames } from '../../core/classFolders';
import { FaceError } from '../../core/errors';
import type { PictureRef } from '../../client/types';
import { inOrder } from './concurrent';
import type { EntryError, FacesEntry, Failure } from './output';
import { folderPerson, picturesOfAll, sourceOf, type PictureFile } from './pictures';
import type { Reporter } from './reporter';
import type { Session } from './session';

/** A picture's result, or why there is none; the failure is already reported and counted. */
export type Outcome<T> =
  { readonly file: PictureFile; readonly result: T } | { readonly file: PictureFile; readonly error: EntryError };

/** The pictures of `paths`. A path without any is a failure; where none can be read, the first error is thrown. */
export async function findPictures(paths: readonly string[], reporter: Reporter): Promise<PictureFile[]> {
  const errors: unknown[] = [];
  const files = await picturesOfAll(paths, (thrown) => errors.push(thrown));
  if (files.some(({ problem }) => !problem)) {
    for (const error of errors) reporter.failure(error);
    return files;
  }
  for (const { problem } of files) reporter.failure(problem);
  const [first = new FaceError('harness/no-files', { path: paths[0]! }), ...others] = errors;
  for (const error of others) reporter.failure(error);
  throw first;
}

/** Those pictures of folders that can be read, as far as that is known; the others are reported and counted. */
export async function findReadable(paths: readonly string[], reporter: Reporter): Promise<PictureFile[]> {
  return readable(await findPictures(paths, reporter), reporter);
}

export function readable(files: readonly PictureFile[], reporter: Reporter): PictureFile[] {
  return files.filter(({ problem }) => {
    if (problem) reporter.failure(problem);
    return !problem;
  });
}

/** Gives a picture's person (or group: `what`), null for a loose one; notes names that occur in several spellings. */
export function peopleIn(
  files: readonly PictureFile[],
  reporter: Reporter,
  what: 'person' | 'group' = 'person',
): (file: PictureFile) => string | null {
  const names = new PersonNames();
  const people = new Map(files.map((file) => [file, folderPerson(file, names)]));
  for (const note of names.notes(what)) reporter.note(note);
  return (file) => people.get(file) ?? null;
}

/** Does `work` on each picture, outcomes in their order, with a progress bar. Throws `harness/chromium-ended`. */
export async function* eachPicture<T>(
  session: Session,
  reporter: Reporter,
  files: readonly PictureFile[],
  work: (picture: PictureRef, file: PictureFile) => Promise<T>,
  stage = 'Pictures',
): AsyncGenerator<Outcome<T>> {
  const attempt = async (
    file: PictureFile,
  ): Promise<{ file: PictureFile; result: T } | { file: PictureFile; thrown: unknown }> => {
    try {
      const source = await sourceOf(file);
      return { file, result: await session.withPicture(source, file.path, (picture) => work(picture, file)) };
    } catch (thrown) {
      if (thrown instanceof FaceError && thrown.code === 'harness/chromium-ended') throw thrown;
      return { file, thrown };
    }
  };
  let done = 0;
  for await (const attempted of inOrder(files, attempt)) {
    reporter.progress({ stage, done: ++done, total: files.length });
    yield 'thrown' in attempted ? { file: attempted.file, error: reporter.failure(attempted.thrown) } : attempted;
  }
  reporter.endProgress();
}

/** As `eachPicture`, but only those that succeed; the others are added to `failed`, as `--json` lists them. */
export async function* eachResult<T>(
  session: Session,
  reporter: Reporter,
  files: readonly PictureFile[],
  failed: Failure[],
  work: (picture: PictureRef, file: PictureFile) => Promise<T>,
  stage?: string,
): AsyncGenerator<{ readonly file: PictureFile; readonly result: T }> {
  for await (const outcome of eachPicture(session, reporter, files, work, stage))
    if ('error' in outcome) failed.push({ picture: outcome.file.path, error: outcome.error });
    else yield outcome;
}

/** Prints the faces of `eachPicture`'s outcomes, a line each by `describe`; returns what `--json` lists. */
export async function printFaces<Face>(
  outcomes: AsyncIterable<Outcome<readonly Face[]>>,
  reporter: Reporter,
  describe: (face: Face) => string,
): Promise<FacesEntry<Face>[]> {
  const pictures: FacesEntry<Face>[] = [];
  for await (const outcome of outcomes) {
    const picture = outcome.file.path;
    if ('error' in outcome) {
      pictures.push({ picture, faces: [], error: outcome.error });
      continue;
    }
    pictures.push({ picture, faces: [...outcome.result] });
    reporter.line(outcome.result.length === 0 ? `${picture}: no face` : picture);
    for (const face of outcome.result) reporter.line(`  ${describe(face)}`);
  }
  return pictures;
}
