/** The embeddings of a run on LFW as they are made: a file that a run can be continued from, and that shards are merged from. */
import { existsSync } from 'node:fs';
import { open, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import { FaceError } from '../../../core/errors';
import type { BackendName } from '../../../core/types';
import type { Outcome, RunSettings } from '../../../evaluate/lfwReport';
import { readUnread, type Unread } from './unread';

/** First line of the file. */
export interface EmbeddingsHeader {
  readonly settings: RunSettings;
  readonly backend: BackendName;
  readonly adapter: string | null;
  /** Numbers of an embedding. */
  readonly columns: number;
  /** Of the rows' form. */
  readonly form: typeof FORM;
}

/** Changes with what a row is. */
export const FORM = 3;

export interface EmbeddingRow {
  /** The picture's place in the whole list. */
  readonly index: number;
  readonly outcome: Outcome;
  /** Its share of the time of its batch. */
  readonly microseconds: number;
  /** When its batch began, in seconds since 1970: a picture changed since is embedded again. */
  readonly at: number;
  readonly vector: Float32Array;
}

/**
 * Rows are appended a batch at a time as batches end, in any order; a batch once written survives a crash of the program or
 * the machine. The first line is an EmbeddingsHeader as JSON; a row is index, outcome, microseconds and seconds since 1970
 * (uint32 each) and the numbers (float32). Of two rows of one picture the later counts.
 */
export class EmbeddingsFile {
  private constructor(
    private readonly file: FileHandle,
    private readonly columns: number,
  ) {}

  /** Starts a file. Throws `harness/unfinished` where there is one. */
  static async create(path: string, header: EmbeddingsHeader): Promise<EmbeddingsFile> {
    if (existsSync(path)) throw new FaceError('harness/unfinished', { path });
    const file = await open(path, 'a');
    await file.appendFile(`${JSON.stringify(header)}\n`);
    return new EmbeddingsFile(file, header.columns);
  }

  /**
   * Continues a file; what was left half-written is cut off, also a first line. `done`: the pictures that are there, each
   * with its `at`. Throws `harness/other-run` where they were made with other settings.
   */
  static async resume(
    path: string,
    header: EmbeddingsHeader,
  ): Promise<{ file: EmbeddingsFile; done: Map<number, number> }> {
    if (await isBarelyBegun(path, header)) {
      await rm(path);
      return { file: await EmbeddingsFile.create(path, header), done: new Map() };
    }
    const read = await readEmbeddings(path);
    assertSameRun(path, read.header.settings, header.settings);
    const file = await open(path, 'a');
    await file.truncate(read.bytes);
    return {
      file: new EmbeddingsFile(file, header.columns),
      done: new Map(read.rows.map(({ index, at }) => [index, at])),
    };
  }

  async append(rows: readonly EmbeddingRow[]): Promise<void> {
    const rowBytes = rowSize(this.columns);
    const bytes = new Uint8Array(rows.length * rowBytes);
    for (const [i, { index, outcome, microseconds, at, vector }] of rows.entries()) {
      new Uint32Array(bytes.buffer, i * rowBytes, FIELDS).set([index, outcome, microseconds, at]);
      new Float32Array(bytes.buffer, i * rowBytes + 4 * FIELDS, this.columns).set(vector);
    }
    await this.file.appendFile(bytes);
    await this.file.datasync();
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

export interface Embeddings {
  readonly header: EmbeddingsHeader;
  /** By their pictures' places. */
  readonly rows: readonly EmbeddingRow[];
  /** What the run, at its end, could not read. */
  readonly unread: readonly Unread[];
  /** Length of header and whole rows. */
  readonly bytes: number;
}

/** Reads all whole rows, and what could not be read. Throws `harness/other-run` for a file of another kind. */
export async function readEmbeddings(path: string): Promise<Embeddings> {
  const bytes = new Uint8Array(await readFile(path));
  const end = bytes.indexOf(10) + 1;
  const header = headerOf(bytes.subarray(0, end), path);
  const rowBytes = rowSize(header.columns);
  const count = Math.floor((bytes.length - end) / rowBytes);
  const body = bytes.slice(end, end + count * rowBytes).buffer;
  const all = Array.from({ length: count }, (_, i): EmbeddingRow => {
    const [index, outcome, microseconds, at] = new Uint32Array(body, i * rowBytes, FIELDS);
    return {
      index: index!,
      outcome: outcome as Outcome,
      microseconds: microseconds!,
      at: at!,
      vector: new Float32Array(body, i * rowBytes + 4 * FIELDS, header.columns),
    };
  });
  const latest = new Map(all.map((row) => [row.index, row]));
  const rows = [...latest.values()].sort((a, b) => a.index - b.index);
  return { header, rows, unread: await readUnread(path), bytes: end + count * rowBytes };
}

/** Whether the program was ended while it wrote the first line: the file is then a part of that line, or empty. */
async function isBarelyBegun(path: string, header: EmbeddingsHeader): Promise<boolean> {
  const line = new TextEncoder().encode(JSON.stringify(header));
  if ((await stat(path)).size > line.length) return false;
  return (await readFile(path)).every((byte, i) => byte === line[i]);
}

function headerOf(line: Uint8Array, path: string): EmbeddingsHeader {
  let header: Partial<EmbeddingsHeader> = {};
  try {
    header = JSON.parse(new TextDecoder().decode(line)) as EmbeddingsHeader;
  } catch {
    // Said below.
  }
  if (header.form !== FORM) throw new FaceError('harness/other-run', { path, what: 'version of this program' });
  return header as EmbeddingsHeader;
}

/** Whole numbers before a row's embedding. */
const FIELDS = 4;

function rowSize(columns: number): number {
  return 4 * (FIELDS + columns);
}

const WORDS: Readonly<Record<keyof RunSettings, string>> = {
  model: 'model',
  engine: 'engine',
  precision: 'precision',
  crops: '--crop',
  margins: '--margin',
  flip: '--flip',
  noFace: '--no-face',
  minSize: '--min-size',
  thresholds: '--thresholds',
  pictures: 'list of pictures',
};

/** Throws `harness/other-run` with the first setting that differs. */
export function assertSameRun(path: string, there: RunSettings, here: RunSettings): void {
  for (const key of Object.keys(WORDS) as (keyof RunSettings)[])
    if (JSON.stringify(there[key]) !== JSON.stringify(here[key]))
      throw new FaceError('harness/other-run', { path, what: WORDS[key] });
}
