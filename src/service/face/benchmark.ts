import { throwIfAborted } from '../../core/abort';
import type { CallContext } from '../../core/call';
import { errorData, FaceError } from '../../core/errors';
import { accessOf } from '../../core/zip/zipDirectory';
import { readArchive, writeZip } from '../../evaluate/archive';
import { evaluateLfw, unreadRow, type LfwRow } from '../../evaluate/evaluateLfw';
import type { WrongPair } from '../../evaluate/errorsPage';
import type { EvaluateOptions } from '../../evaluate/kfold';
import { namedAdapter, type LfwReport } from '../../evaluate/lfwReport';
import { lfwRow, reportFiles, rocOf, runSettings, shownPairs } from '../../evaluate/lfwRun';
import { parsePairs } from '../../evaluate/pairs';
import { namedBy, namesOf, picturesNamed } from '../../evaluate/pictureNames';
import type { EmbedFacesOptions } from '../../pipeline/bulk';
import { letMessagesIn } from '../letMessagesIn';
import type { Session } from './session';

/** Pictures per abort check; whole batches of the embedder. */
const PICTURES_AT_ONCE = 32;

/** A folder's files by their paths below it, or an archive: `.tar`, `.tar.gz`, `.zip`. `name` is for messages. */
export type BenchmarkPictures =
  | {
      readonly kind: 'folder';
      readonly name: string;
      readonly files: readonly { readonly path: string; readonly file: Blob }[];
    }
  | { readonly kind: 'archive'; readonly name: string; readonly file: Blob };

export interface BenchmarkOptions extends EvaluateOptions, Pick<EmbedFacesOptions, 'noFace'> {
  /** Embed each face's flipped picture too and join the two embeddings. */
  readonly flip: boolean;
}

export interface BenchmarkRequest {
  readonly pictures: BenchmarkPictures;
  /** LFW's `pairs.txt`, or a CSV `a,b,same[,fold]`. */
  readonly pairs: { readonly name: string; readonly file: Blob };
  readonly options: BenchmarkOptions;
}

export interface BenchmarkResult {
  readonly report: LfwReport;
  /** The ROC curve, an SVG. */
  readonly roc: string;
  /** The clearest of the wrongly decided pairs with their pictures, at most 200 of `wrongTotal`. */
  readonly wrong: readonly (WrongPair & { readonly pictures: readonly [Blob, Blob] })[];
  readonly wrongTotal: number;
  /** A zip of what the command `lfw` writes. */
  readonly files: Blob;
}

/**
 * The protocol of Labeled Faces in the Wild on a list of pairs: finds, embeds and evaluates, as the command `lfw` does.
 * A picture that cannot be read is named in the report, and its pairs are left out. Throws `evaluate/bad-pairs`,
 * `evaluate/bad-archive`, `evaluate/missing-pictures`, `evaluate/too-few`, `aborted`.
 */
export async function runBenchmark(
  session: Session,
  { pictures, pairs, options }: BenchmarkRequest,
  { signal, progress }: CallContext,
): Promise<BenchmarkResult> {
  const list = parsePairs(await pairs.file.text(), pairs.name);
  const names = namesOf(list);
  progress({ stage: `Reading ${pictures.name}`, done: 0, total: 0, unit: 'pictures' });
  const from = { list: pairs.name, images: pictures.name };
  const files = picturesNamed(await entriesOf(pictures, names), names, from);

  const start = performance.now();
  const rows: LfwRow[] = [];
  const { flip, noFace } = options;
  const columns = session.row.embeddingSize * (flip ? 2 : 1);
  for (let at = 0; at < names.length; at += PICTURES_AT_ONCE) {
    await letMessagesIn();
    throwIfAborted(signal);
    const batch = names.slice(at, at + PICTURES_AT_ONCE).map((name, i) => ({ name, file: files[at + i]! }));
    const readable = batch.flatMap(({ name, file }) => (file instanceof Blob ? [{ name, picture: file }] : []));
    const faces = await session.pipeline.embedFaces({ pictures: readable, options: { flip, noFace } }, { signal });
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
      settings: await runSettings(runs, { flip, noFace }, names),
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
