/** Checkpoints of the command line: files on its disk, read and written through its server. */
import type { Checkpoint, CheckpointSink } from '../../core/types';
import { FaceError, toFaceError } from '../../core/errors';
import { load, put } from './files';

/** The latest checkpoint at one address (null: none yet); new ones go to another, each whole. */
export class DiskSink implements CheckpointSink {
  constructor(
    private readonly address: string | null,
    private readonly out: string,
  ) {}

  async latest(): Promise<Checkpoint | null> {
    if (this.address === null) return null;
    const file = await load({ url: this.address, name: 'The checkpoint' });
    return unpackCheckpoint(new Uint8Array(await file.arrayBuffer()));
  }

  /** Throws `train/not-saved`. */
  async save(checkpoint: Checkpoint): Promise<void> {
    try {
      await put(this.out, packCheckpoint(checkpoint), 'checkpoint');
    } catch (thrown) {
      const { code, details } = toFaceError(thrown);
      if (code !== 'harness/not-written') throw thrown;
      throw new FaceError('train/not-saved', { what: 'checkpoint', reason: details['reason'] ?? '' });
    }
  }
}

/**
 * A checkpoint as one file, so that both its parts are written or neither: the length of the meta data in bytes (32 bits,
 * little-endian), the meta data (JSON, UTF-8), the tensors (safetensors).
 */
export function packCheckpoint({ meta, tensors }: Checkpoint): Blob {
  const text = new TextEncoder().encode(meta);
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, text.length, true);
  return new Blob([length, text, tensors]);
}

/** Throws `train/bad-checkpoint` for a file that is cut off or is something else. */
export function unpackCheckpoint(bytes: Uint8Array<ArrayBuffer>): Checkpoint {
  const length = bytes.length < 4 ? Infinity : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (4 + length >= bytes.length) throw new FaceError('train/bad-checkpoint', { reason: 'the file is cut off' });
  const meta = new TextDecoder().decode(bytes.subarray(4, 4 + length));
  return { meta, tensors: bytes.slice(4 + length) };
}
