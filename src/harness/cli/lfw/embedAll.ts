import type { EmbedFacesOptions, PictureRef } from '../../../client/types';
import { countOf } from '../../../core/count';
import { errorData, FaceError, toFaceError, type ErrorData } from '../../../core/errors';
import { Pace } from '../../../evaluate/pace';
import { lfwRow } from '../../../evaluate/lfwRun';
import { sourceOf } from '../pictures';
import { asTheyEnd } from '../concurrent';
import type { Reporter } from '../reporter';
import type { Session } from '../session';
import type { PictureEntry, PictureSet } from './pictureSet';
import type { Unread } from './unread';
import type { EmbeddingsFile, EmbeddingRow } from './embeddingsFile';

export interface EmbedAllOptions {
  /** Pictures sent at a time. */
  readonly batch: number;
  readonly failWithoutFace: boolean;
  /** Batches under way at a time. */
  readonly inFlight: number;
  /** Numbers of a row. */
  readonly columns: number;
  readonly options: EmbedFacesOptions;
}

/** Lines of progress where there is no bar. */
const LINES = 10;

/**
 * Embeds the pictures `wanted` (places in the whole list) and appends their rows to `file`, each batch as soon as it ends;
 * several are under way, and one is read meanwhile. Resolves to those that could not be read, which are reported and counted: they get no
 * row. Throws what the page gives, and `harness/no-face` where that is to fail.
 */
export async function embedAll(
  session: Session,
  reporter: Reporter,
  file: EmbeddingsFile,
  { names, files }: PictureSet,
  wanted: readonly number[],
  { batch, inFlight, failWithoutFace, columns, options }: EmbedAllOptions,
): Promise<Unread[]> {
  const batches = Array.from({ length: Math.ceil(wanted.length / batch) }, (_, i) =>
    wanted.slice(i * batch, (i + 1) * batch),
  );
  const pace = new Pace(wanted.length);
  let done = 0;
  let lines = 0;
  let last = performance.now();
  const unread: Unread[] = [];
  const leaveOut = (index: number, problem: ErrorData) => {
    unread.push({ index, ...problem });
    reporter.failure(new FaceError(problem.code, problem.details));
  };
  let sent = 0;
  const embedBatch = async (batch: readonly number[]) => {
    const at = Math.floor(Date.now() / 1000);
    const sources = await Promise.all(batch.map((index) => sourceOrProblem(files[index]!)));
    const closed = batch.flatMap((index, i) => ('problem' in sources[i]! ? [{ index, ...sources[i] }] : []));
    const own = batch.filter((_, i) => 'file' in sources[i]!);
    const lent = sources.flatMap((source, i) => ('file' in source ? [{ ...source, name: names[batch[i]!]! }] : []));
    const worker = sent++ % session.workers;
    const embed = (pictures: PictureRef[]) => session.call('embed', pictures, options, worker);
    return { at, batch, closed, own, faces: await session.withPictures(lent, embed) };
  };
  for await (const { at, batch: whole, closed, own, faces } of asTheyEnd(batches, embedBatch, inFlight)) {
    for (const { index, problem } of closed) leaveOut(index, problem);
    const without = faces.findIndex(({ detection, problem }) => !detection && !problem);
    if (failWithoutFace && without >= 0) throw new FaceError('harness/no-face', { name: names[own[without]!]! });
    const now = performance.now();
    const microseconds = Math.round((1000 * (now - last)) / whole.length);
    last = now;
    const rows: EmbeddingRow[] = [];
    for (const [i, face] of faces.entries()) {
      const { outcome, vector, problem } = lfwRow(face, columns);
      if (problem) leaveOut(own[i]!, problem);
      else rows.push({ index: own[i]!, outcome, microseconds, at, vector });
    }
    await file.append(rows);
    pace.add(whole.length);
    done += whole.length;
    reporter.progress({ stage: 'Pictures', done, total: wanted.length }, String(pace));
    if (!process.stderr.isTTY && Math.floor((LINES * done) / wanted.length) > lines) {
      lines = Math.floor((LINES * done) / wanted.length);
      reporter.note(`${countOf(done, wanted.length, 'picture')}: ${String(pace)}`);
    }
  }
  reporter.endProgress();
  return unread;
}

async function sourceOrProblem(
  entry: PictureEntry,
): Promise<{ readonly file: string | Uint8Array } | { readonly problem: ErrorData }> {
  try {
    return { file: entry instanceof Uint8Array ? entry : await sourceOf(entry) };
  } catch (thrown) {
    return { problem: errorData(toFaceError(thrown)) };
  }
}
