import { PRECISIONS, type Precision } from '../core/types';
import { badFormat } from './formats/array';
import { asRecord, parseJson } from './formats/json';
import { MODELS } from './registry';

/** What lies in the models folder beside the files: their list. */
export const MANIFEST = 'manifest.json';

/** `<id>.<precision>.safetensors` */
export function modelFileName(id: string, precision: Precision): string {
  return `${id}.${precision}.safetensors`;
}

/** The model and precision that a file name says, where it is one of the registry's. */
export function parseModelFileName(name: string): { readonly id: string; readonly precision: Precision } | null {
  for (const { id, files } of MODELS)
    for (const precision of PRECISIONS)
      if (precision in files && name === modelFileName(id, precision)) return { id, precision };
  return null;
}

/** The bytes of a manifest: the names of the files beside it. */
export function writeManifest(names: readonly string[]): string {
  return `${JSON.stringify({ files: names.toSorted() }, null, 2)}\n`;
}

/** The file names that a manifest lists. Throws `weights/bad-format`. */
export function readManifest(bytes: Uint8Array): string[] {
  const { files } = asRecord(parseJson(bytes, MANIFEST), MANIFEST);
  if (!Array.isArray(files)) throw badFormat(MANIFEST, 'it lists no files');
  return files.filter((name): name is string => typeof name === 'string');
}
