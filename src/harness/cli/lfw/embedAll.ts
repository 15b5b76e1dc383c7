import type { EmbedFacesOptions } from '../../../client/types';
import { FaceError } from '../../../core/errors';
import { Pace } from '../../../core/pace';
import { CENTRE, FACE, NONE, type Outcome } from '../../../evaluate/lfwReport';
import { inOrder } from '../inOrder';
import type { Report } from '../report';
import type { Session } from '../session';
import type { PictureSet } from './pictureSet';
import type { WorkFile, WorkRow } from './workFile';

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
 * Embeds the pictures from `start` to before `end` and appends their rows to `work` a batch at a time, in order, one batch
 * computed while the next is read. Throws what the page gives, and `harness/no-face` where that is to fail.
 */
export async function embedAll(
  session: Session,
  report: Report,
  work: WorkFile,
  { names, files }: PictureSet,
  { start, end }: { readonly start: number; readonly end: number },
  { batch, inFlight, failWithoutFace, columns, options }: EmbedAllOptions,
): Promise<void> {
  const firsts = Array.from({ length: Math.ceil((end - start) / batch) }, (_, i) => start + i * batch);
  const pace = new Pace(end - start);
  let told = 0;
  let last = performance.now();
  const embedBatch = (first: number) => {
    const own = Array.from({ length: Math.min(batch, end - first) }, (_, i) => first + i);
    const pictures = own.map((i) => ({ file: files[i]!, name: names[i]! }));
    return session.withPictures(pictures, async (refs) => ({
      own,
      result: await session.call('embedFaces', { pictures: refs, options }),
    }));
  };
  for await (const { own, result } of inOrder(firsts, embedBatch, inFlight)) {
    const { found, embedded, vectors } = result;
    const without = found.indexOf(false);
    if (failWithoutFace && without >= 0) throw new FaceError('harness/no-face', { name: names[own[without]!]! });
    const now = performance.now();
    const microseconds = Math.round((1000 * (now - last)) / own.length);
    last = now;
    const numbers = new Float32Array(vectors.slice().buffer);
    const outcomeOf = (i: number): Outcome => (found[i] ? FACE : embedded[i] ? CENTRE : NONE);
    const rows = own.map((_, i): WorkRow => {
      const outcome = outcomeOf(i);
      // A batch without any face comes without numbers.
      const vector = outcome === NONE ? new Float32Array(columns) : numbers.subarray(i * columns, (i + 1) * columns);
      return { outcome, microseconds, vector };
    });
    await work.append(rows);
    pace.add(own.length);
    const done = own.at(-1)! + 1 - start;
    report.progress({ stage: 'Pictures', done, total: end - start }, String(pace));
    if (!process.stderr.isTTY && Math.floor((LINES * done) / (end - start)) > told) {
      told = Math.floor((LINES * done) / (end - start));
      report.note(`${done} of ${end - start} pictures: ${String(pace)}`);
    }
  }
  report.endProgress();
}
