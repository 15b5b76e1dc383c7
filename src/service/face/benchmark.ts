import { throwIfAborted } from '../../core/abort';
import { errorData, FaceError } from '../../core/errors';
import { accessOf } from '../../core/zip/zipDirectory';
import { readArchive, writeZip } from '../../evaluate/archive';
import { evaluateLfw, unreadRow, type LfwRow } from '../../evaluate/evaluateLfw';
import { namedAdapter } from '../../evaluate/lfwReport';
import { lfwRow, reportFiles, rocOf, runSettings, shownPairs } from '../../evaluate/lfwRun';
import { parsePairs } from '../../evaluate/pairs';
import { namedBy, namesOf, picturesNamed } from '../../evaluate/pictureNames';
import type { BenchmarkPictures, BenchmarkRequest, BenchmarkResult } from '../../../workers/protocol';
import type { CallContext } from '../../../workers/rpc';
import type { Progress } from '../../../workers/protocol';
import { letMessagesIn } from './letMessagesIn';
import type { Session } from './session';

/** Pictures per abort check; whole batches of the embedder. */
const PICTURES_AT_ONCE = 32;

/**
 * The protocol of Labeled Faces in the Wild on a list of pairs: finds, embeds and evaluates, as the command `lfw` does.
 * A picture that cannot be read is named in the report, and its pairs are left out. Throws `evaluate/bad-pairs`,
 * `evaluate/bad-archive`, `evaluate/missing-pictures`, `evaluate/too-few`, `aborted`.
 */
export async function runBenchmark(
  session: Session,
  { pictures, pairs, options }: BenchmarkRequest,
  { signal, progress }: CallContext<Progress>,
): Promise<BenchmarkResult> {
  const list = parsePairs(await pairs.file.text(), pairs.name);
  const names = namesOf(list);
  progress({ stage: `Reading ${pictures.name}`, done: 0, total: 0, unit: 'pictures' });
  const from = { list: pairs.name, images: pictures.name };
  const files = picturesNamed(await entriesOf(pictures, names), names, from);

  const start = performance.now();
  const rows: LfwRow[] = [];
  const { mirror, noFace } = options;
  const columns = session.row.embeddingSize * (mirror ? 2 : 1);
  for (let at = 0; at < names.length; at += PICTURES_AT_ONCE) {
    await letMessagesIn();
    throwIfAborted(signal);
    const batch = names.slice(at, at + PICTURES_AT_ONCE).map((name, i) => ({ name, file: files[at + i]! }));
    const readable = batch.flatMap(({ name, file }) => (file instanceof Blob ? [{ name, picture: file }] : []));
    const faces = await session.pipeline.embedFaces(readable, { mirror, noFace, signal });
    let face = 0;
    for (const { file } of batch)
      rows.push(file instanceof Blob ? lfwRow(faces[face++]!, columns) : unreadRow(errorData(file)));
    progress({ stage: 'Embedding the faces', done: rows.length, total: names.length, unit: 'pictures' });
  }
  const { engine, row, precision } = session;
  const runs = { model: row.id, engine: engine.name, precision, crop: row.crop };
  const evaluation = evaluateLfw(
    list,
    {
      ...{ names, rows, columns },
      seconds: (performance.now() - start) / 1000,
      backend: engine.backend,
      adapter: namedAdapter(engine),
      settings: await runSettings(runs, { flip: mirror, noFace }, names),
    },
    { ...options, calibrate: false },
  );

  const fileOf = new Map(names.map((name, i) => [name, files[i]!]));
  // A picture that could not be read is in no pair that was evaluated.
  const blobOf = (name: string) => fileOf.get(name) as Blob;
  const shown = await shownPairs(evaluation, async (name) => new Uint8Array(await blobOf(name).arrayBuffer()));
  const written = reportFiles(evaluation, shown);
  return {
    report: evaluation.report,
    roc: rocOf(evaluation),
    wrong: shown.map((pair) => ({ ...pair, pictures: [blobOf(pair.a), blobOf(pair.b)] as const })),
    wrongTotal: evaluation.wrong.length,
    files: new Blob([writeZip(written)]),
  };
}

/** The pictures of an archive are kept as blobs, which the browser may put on the disk. */
async function entriesOf(
  pictures: BenchmarkPictures,
  names: readonly string[],
): Promise<(readonly [string, Blob | FaceError])[]> {
  if (pictures.kind === 'folder') return pictures.files.map(({ path, file }) => [path, file]);
  const { name, file } = pictures;
  const files = await readArchive(name, accessOf(file), namedBy(names));
  return [...files].map(([path, entry]) => [
    path,
    entry instanceof FaceError ? entry : new Blob([entry as Uint8Array<ArrayBuffer>]),
  ]);
}
