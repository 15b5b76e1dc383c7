import { FaceError } from '../../core/errors';
import type { PictureRef } from '../bridge';
import { inOrder } from './inOrder';
import type { EntryError, FailedEntry } from './output';
import { picturesOfAll, type PictureFile } from './pictures';
import type { Report } from './report';
import type { Session } from './session';

/** A picture's result, or why there is none; the failure is already told and counted. */
export type Outcome<T> =
  { readonly file: PictureFile; readonly result: T } | { readonly file: PictureFile; readonly error: EntryError };

/** The pictures that `paths` name. A path without any is counted as a failure; where all are, the first one's error is thrown. */
export async function findPictures(paths: readonly string[], report: Report): Promise<PictureFile[]> {
  const errors: unknown[] = [];
  const files = await picturesOfAll(paths, (thrown) => errors.push(thrown));
  const [first, ...others] = errors;
  for (const error of files.length > 0 ? errors : others) report.failure(error);
  if (files.length === 0) throw first;
  return files;
}

/**
 * Does `work` on each picture, with a progress bar, and gives the outcomes in the pictures' order as they come. Throws
 * `harness/chromium-ended`: the others cannot go on.
 */
export async function* eachPicture<T>(
  session: Session,
  report: Report,
  files: readonly PictureFile[],
  work: (picture: PictureRef, file: PictureFile) => Promise<T>,
  stage = 'Pictures',
): AsyncGenerator<Outcome<T>> {
  const attempt = async (
    file: PictureFile,
  ): Promise<{ file: PictureFile; result: T } | { file: PictureFile; thrown: unknown }> => {
    try {
      return { file, result: await session.withPicture(file.path, file.path, (picture) => work(picture, file)) };
    } catch (thrown) {
      if (thrown instanceof FaceError && thrown.code === 'harness/chromium-ended') throw thrown;
      return { file, thrown };
    }
  };
  let done = 0;
  for await (const attempted of inOrder(files, attempt)) {
    report.progress({ stage, done: ++done, total: files.length });
    yield 'thrown' in attempted ? { file: attempted.file, error: report.failure(attempted.thrown) } : attempted;
  }
  report.endProgress();
}

/**
 * Tells each picture's faces, a line for each by `describe`, and gives what `--json` lists. The outcomes of `eachPicture`.
 */
export async function tellFaces<Face>(
  outcomes: AsyncIterable<Outcome<readonly Face[]>>,
  report: Report,
  describe: (face: Face) => string,
): Promise<({ readonly picture: string; readonly faces: Face[] } | FailedEntry)[]> {
  const pictures: ({ readonly picture: string; readonly faces: Face[] } | FailedEntry)[] = [];
  for await (const outcome of outcomes) {
    const picture = outcome.file.path;
    if ('error' in outcome) {
      pictures.push({ picture, faces: [], error: outcome.error });
      continue;
    }
    pictures.push({ picture, faces: [...outcome.result] });
    report.line(outcome.result.length === 0 ? `${picture}: no face` : picture);
    for (const face of outcome.result) report.line(`  ${describe(face)}`);
  }
  return pictures;
}
