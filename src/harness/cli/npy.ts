import { open, type FileHandle } from 'node:fs/promises';
import { writeNpy } from '../../weights/formats/npy';

/** The header of a file without its data; of one length for any shape that a disk can hold. */
function header(rows: number, columns: number): Uint8Array {
  return writeNpy({ shape: [rows, columns], data: new Float32Array(0) });
}

/** A float32 matrix written row by row, so that only the present row is in memory; its shape is known at the end. */
export class NpyRows {
  #rows = 0;
  private constructor(private readonly file: FileHandle) {}

  static async create(path: string): Promise<NpyRows> {
    const file = await open(path, 'w');
    await file.appendFile(header(0, 0));
    return new NpyRows(file);
  }

  get rows(): number {
    return this.#rows;
  }

  async append(row: Float32Array): Promise<void> {
    await this.file.appendFile(new Uint8Array(row.slice().buffer));
    this.#rows++;
  }

  /** Writes the final shape into the header. */
  async end(columns: number): Promise<void> {
    const bytes = header(this.#rows, columns);
    await this.file.write(bytes, 0, bytes.length, 0);
    await this.file.close();
  }
}
