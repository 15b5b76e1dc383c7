import { throwIfAborted } from '../core/abort';
import type { Progress } from '../core/call';
import { FaceError } from '../core/errors';
import { PRECISIONS, type Precision } from '../core/types';
import { convertModel } from './convert/convert';
import { toPrecision } from './convert/precision';
import { downloadWhole } from './download';
import { modelFileName, parseModelFileName } from './files';
import { badFormat } from './formats/array';
import { writeSafetensors } from './formats/safetensors';
import type { ModelRow, SourceFile } from './modelRow';
import { findModel, MODELS } from './registry';
import { checkRoom, deleteStored, readStored, storedHashes, writeStored } from './storage';
import { verifyBytes } from './verify';

export interface InstallOptions {
  /** Tests: takes the place of the publisher's host; the source's path follows. */
  readonly baseUrl?: string | undefined;
  readonly silentMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: Progress) => void;
}

/** What the app keeps of a downloaded model; the finer float32 serves only the command line. */
const KEPT: readonly Precision[] = ['float16', 'int8'];
const CONNECTIONS = 6;
/** Attempts for a file whose connection breaks off. */
const TRIES = 3;

/**
 * Gets a model from its publisher into browser storage: downloads and verifies each source file, converts, and keeps the
 * float16 and int8 files. When the work stops (unless there is no room), finished files are kept for the next time; at the end
 * all source files are removed. Does nothing when both files are there. Runs in a worker: the conversion takes seconds.
 *
 * Throws `weights/download-failed`, `weights/hash-mismatch`, `store/full`, `store/denied`, `aborted`.
 */
export async function installModel(row: ModelRow, options: InstallOptions = {}): Promise<void> {
  const kept = KEPT.flatMap((precision) => row.files[precision] ?? []);
  const files = await storedHashes('files');
  if (kept.every(({ sha256 }) => files.has(sha256))) return;
  const here = await storedHashes('sources');
  const missing = row.sources.filter(({ sha256 }) => !here.has(sha256));
  await checkRoom(sumOf(missing) + sumOf(kept));
  try {
    await downloadAll(row, missing, options);
  } catch (thrown) {
    // An unfinished download must not take the room that people's pictures need.
    if (thrown instanceof FaceError && thrown.code === 'store/full') await forgetSources(row);
    throw thrown;
  }
  const { signal, onProgress } = options;
  const stage = `Converting ${row.title}`;
  const total = row.sources.length + KEPT.length;
  let done = 0;
  const step = () => {
    throwIfAborted(signal);
    onProgress?.({ stage, done: done++, total, unit: 'steps' });
  };
  const arrays = await convertModel(row, (source) => (step(), readSource(source)));
  for (const precision of KEPT) {
    const expected = row.files[precision];
    step();
    if (!expected) continue;
    const bytes = writeSafetensors(toPrecision(arrays, precision));
    await verifyBytes(bytes, expected, modelFileName(row.id, precision));
    await writeStored('files', expected.sha256, bytes);
  }
  step();
  await forgetSources(row);
}

/** Downloads `missing`, several at a time; the first that fails ends the others. */
async function downloadAll(row: ModelRow, missing: readonly SourceFile[], options: InstallOptions): Promise<void> {
  const rest = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, rest.signal]) : rest.signal;
  const total = sumOf(row.sources);
  let done = total - sumOf(missing);
  const onMore = (more: number) => {
    done += more;
    options.onProgress?.({ stage: `Getting ${row.title}`, done, total, unit: 'bytes' });
  };
  onMore(0);
  const queue = missing.values();
  const work = async () => {
    for (const source of queue) {
      const bytes = await fetchSource(source, { ...options, signal }, onMore);
      await writeStored('sources', source.sha256, bytes);
    }
  };
  const failures: unknown[] = [];
  const fail = (thrown: unknown) => {
    failures.push(thrown);
    rest.abort();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, () => work().catch(fail)));
  if (failures.length > 0) throw failures[0];
}

async function fetchSource(source: SourceFile, options: InstallOptions, onMore: (more: number) => void) {
  const { baseUrl, signal, silentMs } = options;
  const url = baseUrl === undefined ? source.url! : baseUrl + source.path;
  let have = 0;
  const onHave = (bytes: number) => {
    onMore(bytes - have);
    have = bytes;
  };
  for (let tries = 1; ; tries++) {
    try {
      const bytes = await downloadWhole(url, source.bytes, { signal, silentMs, onHave });
      await verifyBytes(bytes, source, url);
      return bytes;
    } catch (thrown) {
      onHave(0);
      if (!(thrown instanceof FaceError) || thrown.code !== 'weights/truncated') throw thrown;
      if (tries < TRIES) continue;
      const reason = `the connection to ${new URL(url).host} keeps breaking off`;
      throw new FaceError('weights/download-failed', { reason }, { cause: thrown });
    }
  }
}

/** A source file kept by an earlier step, verified again; a damaged one is removed and downloaded next time. */
async function readSource(source: SourceFile): Promise<Uint8Array> {
  const bytes = (await readStored('sources', source)) ?? new Uint8Array(0);
  try {
    await verifyBytes(bytes, source, source.path);
  } catch (thrown) {
    await deleteStored('sources', [source.sha256]);
    throw thrown;
  }
  return bytes;
}

/**
 * Keeps a model file of the user's, which must be one of the registry's, byte for byte; a renamed file is recognised by its
 * length. Resolves to the model's id and the precision. Throws `weights/bad-format`,
 * `weights/truncated`, `weights/oversized`, `weights/hash-mismatch`, `store/full`, `store/denied`.
 */
export async function importModelFile(
  file: Blob,
  name: string,
): Promise<{ readonly id: string; readonly precision: Precision }> {
  const named = parseModelFileName(name);
  const found =
    named ??
    MODELS.flatMap(({ id, files }) =>
      PRECISIONS.flatMap((precision) => (files[precision]?.bytes === file.size ? [{ id, precision }] : [])),
    )[0];
  if (!found) throw badFormat(name, 'it is none of the files <model>.<precision>.safetensors that the app knows.');
  const expected = findModel(found.id).files[found.precision]!;
  // One byte more than allowed shows that it is too large.
  const bytes = new Uint8Array(await file.slice(0, expected.bytes + 1).arrayBuffer());
  await verifyBytes(bytes, expected, name);
  await checkRoom(bytes.length);
  await writeStored('files', expected.sha256, bytes);
  return found;
}

/** Removes a model's files, and what an unfinished download has kept of it, from browser storage. */
export async function removeModel(row: ModelRow): Promise<void> {
  await deleteStored(
    'files',
    Object.values(row.files).map(({ sha256 }) => sha256),
  );
  await forgetSources(row);
}

async function forgetSources(row: ModelRow): Promise<void> {
  await deleteStored(
    'sources',
    row.sources.map(({ sha256 }) => sha256),
  );
}

function sumOf(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
