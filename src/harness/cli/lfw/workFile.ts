import { existsSync } from 'node:fs';
import { open, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import { FaceError } from '../../../core/errors';
import type { BackendName } from '../../../core/types';
import type { Outcome, RunSettings } from '../../../evaluate/lfwReport';
import { readUnread, type Unread } from './unread';

/** First line of a work file. */
export interface WorkHeader {
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

export interface WorkRow {
  /** The picture's place in the whole list. */
  readonly index: number;
  readonly outcome: Outcome;
  /** Time that it took, its share of its batch's. */
  readonly microseconds: number;
  /** When it was begun, in seconds since 1970: a picture that was changed since is another one. */
  readonly at: number;
  readonly vector: Float32Array;
}

/**
 * Rows of embeddings, appended a batch at a time as batches end, which need not be their order: whatever ends the program,
 * or the machine, batches that had ended stay. The first line is a WorkHeader as JSON; a row is index, outcome,
 * microseconds and seconds since 1970 (uint32 each) and the numbers (float32); of two rows of one picture the later counts.
 */
export class WorkFile {
  private constructor(
    private readonly file: FileHandle,
    private readonly columns: number,
  ) {}

  /** Starts a file. Throws `harness/unfinished` where there is one. */
  static async create(path: string, header: WorkHeader): Promise<WorkFile> {
    if (existsSync(path)) throw new FaceError('harness/unfinished', { path });
    const file = await open(path, 'a');
    await file.appendFile(`${JSON.stringify(header)}\n`);
    return new WorkFile(file, header.columns);
  }

  /**
   * Goes on with a file; what was left half-written is cut off, also a first line. `done`: the pictures that are there,
   * each with its `at`. Throws
   * `harness/other-run` where they were made with other settings.
   */
  static async resume(path: string, header: WorkHeader): Promise<{ work: WorkFile; done: Map<number, number> }> {
    if (await isBarelyBegun(path, header)) {
      await rm(path);
      return { work: await WorkFile.create(path, header), done: new Map() };
    }
    const read = await readWork(path);
    assertSameRun(path, read.header.settings, header.settings);
    const file = await open(path, 'a');
    await file.truncate(read.bytes);
    return { work: new WorkFile(file, header.columns), done: new Map(read.rows.map(({ index, at }) => [index, at])) };
  }

  async append(rows: readonly WorkRow[]): Promise<void> {
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

export interface Work {
  readonly header: WorkHeader;
  /** By their pictures' places. */
  readonly rows: readonly WorkRow[];
  /** What the run, at its end, could not read. */
  readonly unread: readonly Unread[];
  /** Length of header and whole rows. */
  readonly bytes: number;
}

/** Reads all whole rows, and what could not be read. Throws `harness/other-run` for a file that is no work file. */
export async function readWork(path: string): Promise<Work> {
  const bytes = new Uint8Array(await readFile(path));
  const end = bytes.indexOf(10) + 1;
  const header = headerOf(bytes.subarray(0, end), path);
  const rowBytes = rowSize(header.columns);
  const count = Math.floor((bytes.length - end) / rowBytes);
  const body = bytes.slice(end, end + count * rowBytes).buffer;
  const all = Array.from({ length: count }, (_, i): WorkRow => {
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

/** Whether the program was ended while it wrote the first line: so far the file is the beginning of it, or empty. */
async function isBarelyBegun(path: string, header: WorkHeader): Promise<boolean> {
  const line = new TextEncoder().encode(JSON.stringify(header));
  if ((await stat(path)).size > line.length) return false;
  return (await readFile(path)).every((byte, i) => byte === line[i]);
}

function headerOf(line: Uint8Array, path: string): WorkHeader {
  let header: Partial<WorkHeader> = {};
  try {
    header = JSON.parse(new TextDecoder().decode(line)) as WorkHeader;
  } catch {
    // Said below.
  }
  if (header.form !== FORM) throw new FaceError('harness/other-run', { path, what: 'version of this program' });
  return header as WorkHeader;
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
