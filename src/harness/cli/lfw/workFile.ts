import { existsSync } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { FaceError } from '../../../core/errors';
import type { BackendName } from '../../../core/types';
import type { Outcome, RunSettings } from '../../../evaluate/lfwReport';

/** First line of a work file. */
export interface WorkHeader {
  readonly settings: RunSettings;
  readonly backend: BackendName;
  readonly adapter: string | null;
  /** Numbers of an embedding. */
  readonly columns: number;
}

export interface WorkRow {
  readonly outcome: Outcome;
  /** Time that it took, its share of its batch's. */
  readonly microseconds: number;
  readonly vector: Float32Array;
}

/**
 * Rows of embeddings in their order, appended a batch at a time: whatever ends the program, whole batches before stay.
 * The first line is a WorkHeader as JSON; a row is outcome and microseconds (uint32 each) and the numbers (float32).
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
   * Goes on with a file; what was left half-written is cut off. `done`: rows that are there. Throws `harness/other-run`
   * where they were made with other settings.
   */
  static async resume(path: string, header: WorkHeader): Promise<{ work: WorkFile; done: number }> {
    const read = await readWork(path);
    assertSameRun(path, read.header.settings, header.settings);
    const file = await open(path, 'a');
    await file.truncate(read.bytes);
    return { work: new WorkFile(file, header.columns), done: read.rows.length };
  }

  async append(rows: readonly WorkRow[]): Promise<void> {
    const rowBytes = rowSize(this.columns);
    const bytes = new Uint8Array(rows.length * rowBytes);
    for (const [i, { outcome, microseconds, vector }] of rows.entries()) {
      new Uint32Array(bytes.buffer, i * rowBytes, 2).set([outcome, microseconds]);
      new Float32Array(bytes.buffer, i * rowBytes + 8, this.columns).set(vector);
    }
    await this.file.appendFile(bytes);
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

export interface Work {
  readonly header: WorkHeader;
  readonly rows: readonly WorkRow[];
  /** Length of header and whole rows. */
  readonly bytes: number;
}

/** Reads all whole rows. Throws `harness/other-run` for a file that is no work file. */
export async function readWork(path: string): Promise<Work> {
  const bytes = new Uint8Array(await readFile(path));
  const end = bytes.indexOf(10) + 1;
  const header = headerOf(bytes.subarray(0, end), path);
  const rowBytes = rowSize(header.columns);
  const count = Math.floor((bytes.length - end) / rowBytes);
  const body = bytes.slice(end, end + count * rowBytes).buffer;
  const rows = Array.from({ length: count }, (_, i): WorkRow => {
    const [outcome, microseconds] = new Uint32Array(body, i * rowBytes, 2);
    return {
      outcome: outcome as Outcome,
      microseconds: microseconds!,
      vector: new Float32Array(body, i * rowBytes + 8, header.columns),
    };
  });
  return { header, rows, bytes: end + count * rowBytes };
}

function headerOf(line: Uint8Array, path: string): WorkHeader {
  try {
    return JSON.parse(new TextDecoder().decode(line)) as WorkHeader;
  } catch (cause) {
    throw new FaceError('harness/other-run', { path, what: 'version of this program' }, { cause });
  }
}

function rowSize(columns: number): number {
  return 4 * (2 + columns);
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
