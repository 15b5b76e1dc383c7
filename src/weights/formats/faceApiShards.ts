import * as v from 'valibot';
import { describeProblem, parseWith, whole } from '../../core/parse';
import { badFormat, checkLength, countOf, type FloatArray } from './array';
import { parseJson } from './json';

/** Groups of arrays; `quantization` where an array is stored as bytes: value = min + scale · byte. */
const MANIFEST = v.array(
  v.object({
    paths: v.array(v.string()),
    weights: v.array(
      v.object({
        name: v.string(),
        shape: v.array(whole(0)),
        dtype: v.literal('float32'),
        quantization: v.optional(v.object({ dtype: v.literal('uint8'), scale: v.number(), min: v.number() })),
      }),
    ),
  }),
);

/**
 * Reads the weights that the face-api family ships: a JSON manifest of names and shapes, and shards, which are the
 * arrays' bytes end to end, cut anywhere. 8-bit quantised arrays are decoded to float32.
 *
 * `files` holds the manifest under `manifestName` and each shard under the name that the manifest gives it. Throws
 * `weights/bad-format`, `weights/truncated` or `weights/oversized`.
 */
export function readFaceApiShards(
  manifestName: string,
  files: ReadonlyMap<string, Uint8Array>,
): ReadonlyMap<string, FloatArray> {
  const manifest = files.get(manifestName);
  if (!manifest) throw badFormat(manifestName, 'it is not there');
  const arrays = new Map<string, FloatArray>();
  const groups = parseWith(MANIFEST, parseJson(manifest, manifestName), (problem) =>
    badFormat(manifestName, describeProblem(problem)),
  );
  for (const { paths, weights } of groups) {
    const shards = paths.map((path) => {
      const shard = files.get(path);
      if (!shard) throw badFormat(manifestName, `it names ${path}, which is not there`);
      return shard;
    });
    const sizes = weights.map(({ shape, quantization }) => countOf(shape, manifestName) * (quantization ? 1 : 4));
    checkLength(
      shards.reduce((sum, shard) => sum + shard.length, 0),
      sizes.reduce((sum, size) => sum + size, 0),
      paths.join(' + '),
    );
    const bytes = join(shards);
    let at = 0;
    weights.forEach(({ name, shape, quantization }, i) => {
      if (arrays.has(name)) throw badFormat(manifestName, `${name} is there twice`);
      const part = bytes.slice(at, at + sizes[i]!);
      at += sizes[i]!;
      arrays.set(name, { shape, data: quantization ? dequantise(part, quantization) : new Float32Array(part.buffer) });
    });
  }
  return arrays;
}

function dequantise(bytes: Uint8Array, { scale, min }: { readonly scale: number; readonly min: number }): Float32Array {
  const table = Float32Array.from({ length: 256 }, (_, byte) => byte * scale + min);
  const out = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = table[bytes[i]!]!;
  return out;
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
