import { throwIfAborted } from '../../core/abort';
import { errorData, FaceError } from '../../core/errors';
import { accessOf } from '../../core/zip/zipDirectory';
import { readArchive, writeZip } from '../../evaluate/archive';
import { judgeRun, MOST_SHOWN, reportFiles, unreadRow, type LfwRow } from '../../evaluate/judge';
import { CENTRE, FACE, namedAdapter, NONE } from '../../evaluate/lfwReport';
import { parsePairs } from '../../evaluate/pairs';
import { namedBy, namesOf, picturesNamed } from '../../evaluate/pictureNames';
import type { BulkFace } from '../../pipeline/bulk';
import { writeNpy } from '../../weights/formats/npy';
import { sha256 } from '../../core/sha256';
import type { BenchmarkPictures, BenchmarkRequest, BenchmarkResult } from '../../../workers/protocol';
import type { CallContext } from '../../../workers/rpc';
import type { Progress } from '../../../workers/protocol';
import type { Session } from './session';

/** Pictures between two looks whether the caller still wants them; whole batches of the embedder. */
const PICTURES_AT_ONCE = 32;
/** Networks on WASM run without letting events in: an abort would arrive only when all is done. */
const messagesArrive = () => new Promise((resolve) => setTimeout(resolve));

/**
 * The protocol of Labeled Faces in the Wild on a list of pairs: finds, embeds and judges, as the command `lfw` does.
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
    await messagesArrive();
    throwIfAborted(signal);
    const batch = names.slice(at, at + PICTURES_AT_ONCE).map((name, i) => ({ name, file: files[at + i]! }));
    const readable = batch.flatMap(({ name, file }) => (file instanceof Blob ? [{ name, picture: file }] : []));
    const faces = await session.pipeline.embedFaces(readable, { mirror, noFace, signal });
    let face = 0;
    for (const { file } of batch)
      rows.push(file instanceof Blob ? rowOf(faces[face++]!, columns) : unreadRow(errorData(file)));
    progress({ stage: 'Embedding the faces', done: rows.length, total: names.length, unit: 'pictures' });
  }
  const { engine, row, precision } = session;
  const judgement = judgeRun(
    list,
    {
      names,
      rows,
      columns,
      seconds: (performance.now() - start) / 1000,
      backend: engine.backend,
      adapter: namedAdapter(engine),
      settings: {
        model: row.id,
        engine: engine.name,
        precision,
        crops: [row.crop],
        margins: null,
        flip: mirror,
        noFace,
        minSize: null,
        thresholds: null,
        pictures: await sha256(new TextEncoder().encode(names.join('\n'))),
      },
    },
    { ...options, calibrate: false },
  );

  const fileOf = new Map(names.map((name, i) => [name, files[i]!]));
  // What could not be read is in no pair that was judged.
  const blobOf = (name: string) => fileOf.get(name) as Blob;
  const wrong = judgement.wrong.slice(0, MOST_SHOWN).map((pair) => ({
    ...pair,
    pictures: [blobOf(pair.a), blobOf(pair.b)] as const,
  }));
  const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());
  const shown = await Promise.all(
    wrong.map(async (pair) => ({
      ...pair,
      pictures: [await bytesOf(pair.pictures[0]), await bytesOf(pair.pictures[1])] as const,
    })),
  );
  const { table } = judgement;
  const written = reportFiles(judgement, shown);
  return {
    report: judgement.report,
    roc: written.find(([name]) => name === 'roc.svg')![1],
    wrong,
    wrongTotal: judgement.wrong.length,
    files: new Blob([
      writeZip([...written, ['embeddings.npy', writeNpy({ shape: [table.rows, table.columns], data: table.data })]]),
    ]),
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

function rowOf({ problem, detection, vector, mirrored }: BulkFace, columns: number): LfwRow {
  if (problem) return unreadRow(problem);
  const numbers = new Float32Array(columns);
  if (!vector) return { outcome: NONE, vector: numbers };
  numbers.set(vector);
  if (mirrored) numbers.set(mirrored, vector.length);
  return { outcome: detection ? FACE : CENTRE, vector: numbers };
}
