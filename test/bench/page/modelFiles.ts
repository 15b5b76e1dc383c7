import type { Precision } from '../../../src/core/types';
import type { Weights } from '../../../src/core/weights';
import { readSafetensors } from '../../../src/weights/formats/safetensors';

/** A model file as `npm run models` wrote it; null where it is not here in that precision. */
export async function loadModelWeights(id: string, precision: Precision): Promise<Weights | null> {
  const file = `${id}.${precision}.safetensors`;
  const answer = await fetch(`/models/${file}`);
  // A dev server answers with its page where it has no file.
  if (!answer.ok || answer.headers.get('content-type')?.startsWith('text/html')) return null;
  return readSafetensors(new Uint8Array(await answer.arrayBuffer()), file);
}
