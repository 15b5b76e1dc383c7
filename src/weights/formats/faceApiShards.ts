import { badFormat, checkLength, countOf, type FloatArray } from './array';
import { asRecord, parseJson } from './json';

/** A manifest's entry for one array; `quantization` where it is stored as bytes: value = min + scale · byte. */
interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly quantization: { readonly scale: number; readonly min: number } | null;
}

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
  for (const group of parseManifest(manifest, manifestName)) {
    const shards = group.paths.map((path) => {
      const shard = files.get(path);
      if (!shard) throw badFormat(manifestName, `it names ${path}, which is not there`);
      return shard;
    });
    const sizes = group.entries.map(({ shape, quantization }) => countOf(shape, manifestName) * (quantization ? 1 : 4));
    checkLength(
      shards.reduce((sum, shard) => sum + shard.length, 0),
      sizes.reduce((sum, size) => sum + size, 0),
      group.paths.join(' + '),
    );
    const bytes = join(shards);
    let at = 0;
    group.entries.forEach(({ name, shape, quantization }, i) => {
      if (arrays.has(name)) throw badFormat(manifestName, `${name} is there twice`);
      const part = bytes.slice(at, at + sizes[i]!);
      at += sizes[i]!;
      arrays.set(name, { shape, data: quantization ? dequantise(part, quantization) : new Float32Array(part.buffer) });
    });
  }
  return arrays;
}

function parseManifest(bytes: Uint8Array, file: string): { paths: string[]; entries: Entry[] }[] {
  const groups = parseJson(bytes, file);
  if (!Array.isArray(groups)) throw badFormat(file, 'it is not a list');
  return groups.map((group: unknown) => {
    const { paths, weights } = asRecord(group, file);
    if (!isTextList(paths) || !Array.isArray(weights)) throw badFormat(file, 'a group without paths or weights');
    return { paths, entries: weights.map((entry: unknown) => parseEntry(entry, file)) };
  });
}

function parseEntry(value: unknown, file: string): Entry {
  const { name, shape, dtype, quantization } = asRecord(value, file);
  if (typeof name !== 'string' || !Array.isArray(shape)) throw badFormat(file, 'an entry without name or shape');
  if (dtype !== 'float32') throw badFormat(file, `${name} has the type ${String(dtype)}`);
  countOf(shape, file);
  const sizes = shape.map(Number);
  if (quantization === undefined) return { name, shape: sizes, quantization: null };
  const { dtype: stored, scale, min } = asRecord(quantization, file);
  if (stored !== 'uint8' || typeof scale !== 'number' || typeof min !== 'number')
    throw badFormat(file, `${name} is quantised in a way that is not read here`);
  return { name, shape: sizes, quantization: { scale, min } };
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

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
