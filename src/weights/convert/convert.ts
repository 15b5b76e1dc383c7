import type { FloatArray } from '../formats/array';
import type { ModelRow, SourceFile } from '../registry';
import { convertFacenetFile } from './facenet';
import { convertMobileFaceNet } from './mobileFaceNet';
import { convertMtcnnPickled, convertMtcnnShards } from './mtcnn';

/** Gives a source file's bytes, verified. */
export type ReadSource = (source: SourceFile) => Promise<Uint8Array>;

/**
 * The float32 weights of a model, in our names and layouts, from its published files: `row.sources`, or
 * `row.otherSources`. Files are read one after another, so that not all need to be in memory at once.
 * Throws what the formats' readers throw, `weights/shape-mismatch` and `weights/missing-tensor`.
 */
export async function convertModel(
  row: ModelRow,
  sources: readonly SourceFile[],
  read: ReadSource,
): Promise<ReadonlyMap<string, FloatArray>> {
  if (row.architecture === 'inceptionResnetV1') {
    const arrays = new Map<string, FloatArray>();
    for (const source of sources) arrays.set(...convertFacenetFile(baseName(source.path), await read(source)));
    return arrays;
  }
  const files = new Map<string, Uint8Array>();
  for (const source of sources) files.set(baseName(source.path), await read(source));
  const first = baseName(sources[0]?.path ?? '');
  if (row.architecture === 'mobileFaceNet') return convertMobileFaceNet(first, files.get(first)!);
  const [p, r, o] = ['det1.npy', 'det2.npy', 'det3.npy'].map((name) => files.get(name));
  return p && r && o ? convertMtcnnPickled([p, r, o]) : convertMtcnnShards(first, files);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
