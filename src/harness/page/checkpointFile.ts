import type { Checkpoint } from '../../core/types';
import { FaceError } from '../../core/errors';

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
