import type { EmbedFacesOptions } from '../../../client/types';
import { countOf } from '../../../core/count';
import { errorData, FaceError, toFaceError, type ErrorData } from '../../../core/errors';
import { Pace } from '../../../evaluate/pace';
import { CENTRE, FACE, NONE, type Outcome } from '../../../evaluate/lfwReport';
import type { PictureRef } from '../../bridge';
import { sourceOf } from '../pictures';
import type { Report } from '../report';
import type { Session } from '../session';
import { asTheyEnd } from './asTheyEnd';
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

/** Where there is no bar, progress is told in so many lines. */
const LINES = 10;

/**
 * Embeds the pictures `wanted` (places in the whole list) and appends their rows to `work`, each batch as soon as it ends;
 * several are under way, and one is read meanwhile. Resolves to those that could not be read, told and counted: they get no
 * row. Throws what the page gives, and `harness/no-face` where that is to fail.
 */
export async function embedAll(
  session: Session,
  report: Report,
  work: EmbeddingsFile,
  { names, files }: PictureSet,
  wanted: readonly number[],
  { batch, inFlight, failWithoutFace, columns, options }: EmbedAllOptions,
): Promise<Unread[]> {
  const batches = Array.from({ length: Math.ceil(wanted.length / batch) }, (_, i) =>
    wanted.slice(i * batch, (i + 1) * batch),
  );
  const pace = new Pace(wanted.length);
  let done = 0;
  let told = 0;
  let last = performance.now();
  const unread: Unread[] = [];
  const leaveOut = (index: number, problem: ErrorData) => {
    unread.push({ index, ...problem });
    report.failure(new FaceError(problem.code, problem.details));
  };
  const embedBatch = async (batch: readonly number[]) => {
    const at = Math.floor(Date.now() / 1000);
    const sources = await Promise.all(batch.map((index) => sourceOrProblem(files[index]!)));
    const closed = batch.flatMap((index, i) => ('problem' in sources[i]! ? [{ index, ...sources[i] }] : []));
    const own = batch.filter((_, i) => 'file' in sources[i]!);
    const lent = sources.flatMap((source, i) => ('file' in source ? [{ ...source, name: names[batch[i]!]! }] : []));
    const embed = (pictures: PictureRef[]) => session.call('embedFaces', { pictures, options });
    return { at, batch, closed, own, result: await session.withPictures(lent, embed) };
  };
  for await (const { at, batch: whole, closed, own, result } of asTheyEnd(batches, embedBatch, inFlight)) {
    const { found, embedded, problems, vectors } = result;
    for (const { index, problem } of closed) leaveOut(index, problem);
    for (const [i, problem] of problems.entries()) if (problem) leaveOut(own[i]!, problem);
    const without = found.findIndex((face, i) => !face && !problems[i]);
    if (failWithoutFace && without >= 0) throw new FaceError('harness/no-face', { name: names[own[without]!]! });
    const now = performance.now();
    const microseconds = Math.round((1000 * (now - last)) / whole.length);
    last = now;
    const numbers = new Float32Array(vectors.slice().buffer);
    const outcomeOf = (i: number): Outcome => (found[i] ? FACE : embedded[i] ? CENTRE : NONE);
    const rows = own.flatMap((index, i): EmbeddingRow[] => {
      if (problems[i]) return [];
      const outcome = outcomeOf(i);
      // A batch without any face comes without numbers.
      const vector = outcome === NONE ? new Float32Array(columns) : numbers.subarray(i * columns, (i + 1) * columns);
      return [{ index, outcome, microseconds, at, vector }];
    });
    await work.append(rows);
    pace.add(whole.length);
    done += whole.length;
    report.progress({ stage: 'Pictures', done, total: wanted.length }, String(pace));
    if (!process.stderr.isTTY && Math.floor((LINES * done) / wanted.length) > told) {
      told = Math.floor((LINES * done) / wanted.length);
      report.note(`${countOf(done, wanted.length, 'picture')}: ${String(pace)}`);
    }
  }
  report.endProgress();
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
