import type { FloatArray } from '../formats/array';
import type { ModelRow, SourceFile } from '../modelRow';
import { convertFacenetFile } from './facenet';
import { convertMobileFaceNet } from './mobileFaceNet';
import { convertMtcnn } from './mtcnn';

/** Gives a source file's bytes, verified. */
export type ReadSource = (source: SourceFile) => Promise<Uint8Array>;

/**
 * The float32 weights of a model, in our names and layouts, from its published files, `row.sources`, read one after another
 * to save memory. Throws what the formats' readers throw, `weights/shape-mismatch` and `weights/missing-tensor`.
 */
export async function convertModel(row: ModelRow, read: ReadSource): Promise<ReadonlyMap<string, FloatArray>> {
  if (row.architecture === 'inceptionResnetV1') {
    const arrays = new Map<string, FloatArray>();
    for (const source of row.sources) arrays.set(...convertFacenetFile(baseName(source.path), await read(source)));
    return arrays;
  }
  const files = new Map<string, Uint8Array>();
  for (const source of row.sources) files.set(baseName(source.path), await read(source));
  const first = baseName(row.sources[0]?.path ?? '');
  return row.architecture === 'mobileFaceNet'
    ? convertMobileFaceNet(first, files.get(first)!)
    : convertMtcnn(first, files);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
