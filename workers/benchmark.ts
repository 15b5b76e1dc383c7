import { throwIfAborted } from '../src/core/abort';
import { readArchive, writeZip } from '../src/evaluate/archive';
import { judgeRun, MOST_SHOWN, reportFiles, type LfwRun } from '../src/evaluate/judge';
import { CENTRE, FACE, namedAdapter, NONE } from '../src/evaluate/lfwReport';
import { parsePairs } from '../src/evaluate/pairs';
import { isNamed, namesOf, picturesNamed } from '../src/evaluate/pictureNames';
import type { BulkFace } from '../src/pipeline/bulk';
import { writeNpy } from '../src/weights/formats/npy';
import { sha256 } from '../src/core/sha256';
import type { BenchmarkPictures, BenchmarkRequest, BenchmarkResult } from './protocol';
import type { CallContext } from './rpc';
import type { Progress } from './protocol';
import type { Session } from './session';

/** Pictures between two looks whether the caller still wants them; whole batches of the embedder. */
const PICTURES_AT_ONCE = 32;
/** Networks on WASM run without letting events in: an abort would arrive only when all is done. */
const messagesArrive = () => new Promise((resolve) => setTimeout(resolve));

/**
 * The protocol of Labeled Faces in the Wild on a list of pairs: finds, embeds and judges, as the command `lfw` does.
 * Throws `evaluate/bad-pairs`, `evaluate/bad-archive`, `evaluate/missing-pictures`, `evaluate/too-few`, `aborted`, and
 * decodePicture's errors.
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
  const files = picturesNamed(await entriesOf(pictures, new Set(names)), names, from);

  const start = performance.now();
  const rows: LfwRun['rows'][number][] = [];
  const { mirror, noFace } = options;
  const columns = session.row.embeddingSize * (mirror ? 2 : 1);
  for (let at = 0; at < names.length; at += PICTURES_AT_ONCE) {
    await messagesArrive();
    throwIfAborted(signal);
    const batch = names.slice(at, at + PICTURES_AT_ONCE).map((name, i) => ({ name, picture: files[at + i]! }));
    const faces = await session.pipeline.embedFaces(batch, { mirror, noFace, signal });
    rows.push(...faces.map((face) => rowOf(face, columns)));
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
  const wrong = judgement.wrong.slice(0, MOST_SHOWN).map((pair) => ({
    ...pair,
    pictures: [fileOf.get(pair.a)!, fileOf.get(pair.b)!] as const,
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
  wanted: ReadonlySet<string>,
): Promise<(readonly [string, Blob])[]> {
  if (pictures.kind === 'folder') return pictures.files.map(({ path, file }) => [path, file]);
  const { name, file } = pictures;
  const chunks = async function* () {
    const reader = file.stream().getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  };
  const files = await readArchive({ name, chunks }, (path) => isNamed(path, wanted));
  return [...files].map(([path, bytes]) => [path, new Blob([bytes as Uint8Array<ArrayBuffer>])]);
}

function rowOf({ detection, vector, mirrored }: BulkFace, columns: number): LfwRun['rows'][number] {
  const numbers = new Float32Array(columns);
  if (!vector) return { outcome: NONE, vector: numbers };
  numbers.set(vector);
  if (mirrored) numbers.set(mirrored, vector.length);
  return { outcome: detection ? FACE : CENTRE, vector: numbers };
}
