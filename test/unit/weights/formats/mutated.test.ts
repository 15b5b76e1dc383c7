import { expect, it } from 'vitest';
import { FaceError } from '../../../../src/core/errors';
import { mulberry32 } from '../../../../src/core/random';
import { readFaceApiShards } from '../../../../src/weights/formats/faceApiShards';
import { readNpy, writeNpy } from '../../../../src/weights/formats/npy';
import { readSafetensors, writeSafetensors } from '../../../../src/weights/formats/safetensors';
import { packageFile } from '../sources';

/** 2,000 copies of `file`, each with one to four bytes changed within its first `head` bytes, and perhaps cut. */
function* mutated(file: Uint8Array, head: number): Generator<Uint8Array> {
  const random = mulberry32(7);
  for (let n = 0; n < 2000; n++) {
    const copy = Uint8Array.from(file.subarray(0, random() < 0.2 ? Math.floor(random() * file.length) : file.length));
    for (let i = 0; i <= n % 4; i++) copy[Math.floor(random() * Math.min(head, copy.length))] = random() * 256;
    yield copy;
  }
}

/** Every file is either read or refused with a FaceError; returns how many were refused. */
function refusals(files: Iterable<Uint8Array>, read: (bytes: Uint8Array) => unknown): number {
  let refused = 0;
  for (const bytes of files) {
    try {
      read(bytes);
    } catch (error) {
      if (!(error instanceof FaceError)) throw error;
      expect(error.code).toMatch(/^weights\//);
      refused++;
    }
  }
  return refused;
}

it('refuses a changed .npy file with a FaceError, or reads it', () => {
  const file = writeNpy({ shape: [3, 5], data: new Float32Array(15) });
  expect(refusals(mutated(file, 90), (bytes) => readNpy(bytes, 'x'))).toBeGreaterThan(500);
});

it('refuses a changed safetensors file with a FaceError, or reads it', () => {
  const file = writeSafetensors(
    new Map([
      ['a', { dtype: 'float32', shape: [4], data: new Float32Array(4) }],
      ['b', { dtype: 'int8', shape: [2, 3], data: new Int8Array(6), scale: new Float32Array(2) }],
    ]),
  );
  expect(refusals(mutated(file, 160), (bytes) => readSafetensors(bytes, 'x'))).toBeGreaterThan(500);
});

it('refuses a changed manifest with a FaceError, or reads it', () => {
  const shard = packageFile('weights/mtcnn_model-shard1');
  const manifest = packageFile('weights/mtcnn_model-weights_manifest.json');
  const read = (bytes: Uint8Array) =>
    readFaceApiShards(
      'm',
      new Map([
        ['m', bytes],
        ['mtcnn_model-shard1', shard],
      ]),
    );
  const few = [...mutated(manifest, manifest.length)].slice(0, 300);
  expect(refusals(few, read)).toBeGreaterThan(50);
});
