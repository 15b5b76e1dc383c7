import type { EmbedFacesOptions } from '../../../client/types';
import { FaceError } from '../../../core/errors';
import { Pace } from '../../../core/pace';
import { CENTRE, FACE, NONE, type Outcome } from '../../../evaluate/lfwReport';
import type { Report } from '../report';
import type { Session } from '../session';
import { asTheyEnd } from './asTheyEnd';
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
 * Embeds the pictures `wanted` (places in the whole list) and appends their rows to `work`, each batch as soon as it ends;
 * several are under way, and one is read meanwhile. Throws what the page gives, and `harness/no-face` where that is to fail.
 */
export async function embedAll(
  session: Session,
  report: Report,
  work: WorkFile,
  { names, files }: PictureSet,
  wanted: readonly number[],
  { batch, inFlight, failWithoutFace, columns, options }: EmbedAllOptions,
): Promise<void> {
  const batches = Array.from({ length: Math.ceil(wanted.length / batch) }, (_, i) =>
    wanted.slice(i * batch, (i + 1) * batch),
  );
  const pace = new Pace(wanted.length);
  let done = 0;
  let told = 0;
  let last = performance.now();
  const embedBatch = (own: readonly number[]) => {
    const pictures = own.map((i) => ({ file: files[i]!, name: names[i]! }));
    return session.withPictures(pictures, async (refs) => ({
      own,
      result: await session.call('embedFaces', { pictures: refs, options }),
    }));
  };
  for await (const { own, result } of asTheyEnd(batches, embedBatch, inFlight)) {
    const { found, embedded, vectors } = result;
    const without = found.indexOf(false);
    if (failWithoutFace && without >= 0) throw new FaceError('harness/no-face', { name: names[own[without]!]! });
    const now = performance.now();
    const microseconds = Math.round((1000 * (now - last)) / own.length);
    last = now;
    const numbers = new Float32Array(vectors.slice().buffer);
    const outcomeOf = (i: number): Outcome => (found[i] ? FACE : embedded[i] ? CENTRE : NONE);
    const rows = own.map((index, i): WorkRow => {
      const outcome = outcomeOf(i);
      // A batch without any face comes without numbers.
      const vector = outcome === NONE ? new Float32Array(columns) : numbers.subarray(i * columns, (i + 1) * columns);
      return { index, outcome, microseconds, vector };
    });
    await work.append(rows);
    pace.add(own.length);
    done += own.length;
    report.progress({ stage: 'Pictures', done, total: wanted.length }, String(pace));
    if (!process.stderr.isTTY && Math.floor((LINES * done) / wanted.length) > told) {
      told = Math.floor((LINES * done) / wanted.length);
      report.note(`${done} of ${wanted.length} pictures: ${String(pace)}`);
    }
  }
  report.endProgress();
}
