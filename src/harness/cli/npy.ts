import { open, type FileHandle } from 'node:fs/promises';

/** The header's whole length: room for any shape, and a multiple of 64 as the format asks. */
const HEADER = 128;
const MAGIC = '\x93NUMPY\x01\x00';

/** The bytes of a version 1.0 header for a C-ordered little-endian array. */
export function npyHeader(dtype: '<f4' | '<i4', shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const padded = text.padEnd(HEADER - MAGIC.length - 2 - 1) + '\n';
  const header = Buffer.alloc(HEADER);
  header.write(MAGIC, 'latin1');
  header.writeUInt16LE(padded.length, MAGIC.length);
  header.write(padded, MAGIC.length + 2, 'latin1');
  return header;
}

/** A matrix or vector written row by row, so that none but the present row is in memory; its shape is known at the end. */
export class NpyWriter {
  #rows = 0;
  private constructor(
    private readonly file: FileHandle,
    private readonly dtype: '<f4' | '<i4',
  ) {}

  static async create(path: string, dtype: '<f4' | '<i4'): Promise<NpyWriter> {
    const file = await open(path, 'w');
    await file.write(npyHeader(dtype, [0]));
    return new NpyWriter(file, dtype);
  }

  get rows(): number {
    return this.#rows;
  }

  async append(row: ArrayLike<number>): Promise<void> {
    const bytes = this.dtype === '<f4' ? Float32Array.from(row) : Int32Array.from(row);
    await this.file.appendFile(new Uint8Array(bytes.buffer));
    this.#rows++;
  }

  /** Writes the final shape, [rows] or [rows, columns], and closes the file. */
  async end(columns?: number): Promise<void> {
    const shape = columns === undefined ? [this.#rows] : [this.#rows, columns];
    await this.file.write(npyHeader(this.dtype, shape), 0, HEADER, 0);
    await this.file.close();
  }
}
