import { createHash, type Hash } from 'node:crypto';
import { open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

export interface Part {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

const NAME = /^part\.\d{3,}(\.new)?$/;

/** Removes the parts of an earlier set. */
export async function removeParts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (NAME.test(name)) await rm(join(folder, name));
}

/** Writes `part.000`, `part.001` … of `size` bytes each, named when whole. Throws as the stream and the disk. */
export async function writeParts(stream: AsyncIterable<Uint8Array>, folder: string, size: number): Promise<Part[]> {
  const parts: Part[] = [];
  let current: OpenPart | null = null;
  try {
    for await (const chunk of stream)
      for (let at = 0; at < chunk.length;) {
        current ??= await OpenPart.create(folder, parts.length);
        const piece = chunk.subarray(at, at + size - current.bytes);
        await current.write(piece);
        at += piece.length;
        if (current.bytes < size) continue;
        parts.push(await current.close());
        current = null;
      }
    if (current) parts.push(await current.close());
    return parts;
  } catch (thrown) {
    await current?.discard();
    throw thrown;
  }
}

class OpenPart {
  bytes = 0;
  readonly #hash: Hash = createHash('sha256');
  private constructor(
    private readonly folder: string,
    private readonly name: string,
    private readonly file: FileHandle,
  ) {}

  static async create(folder: string, number: number): Promise<OpenPart> {
    const name = `part.${String(number).padStart(3, '0')}`;
    return new OpenPart(folder, name, await open(join(folder, `${name}.new`), 'w'));
  }

  async write(piece: Uint8Array): Promise<void> {
    await this.file.writeFile(piece);
    this.#hash.update(piece);
    this.bytes += piece.length;
  }

  async close(): Promise<Part> {
    await this.file.sync();
    await this.file.close();
    await rename(join(this.folder, `${this.name}.new`), join(this.folder, this.name));
    return { name: this.name, bytes: this.bytes, sha256: this.#hash.digest('hex') };
  }

  async discard(): Promise<void> {
    await this.file.close().catch(() => undefined);
    await rm(join(this.folder, `${this.name}.new`), { force: true });
  }
}
