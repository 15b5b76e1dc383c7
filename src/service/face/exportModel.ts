import type { AbortContext } from '../../core/call';
import { FaceError } from '../../core/errors';
import { PRECISIONS, type Precision } from '../../core/types';
import { facenetPytorchFile, fileOf, foldedWeights } from '../../train/trainedFiles';
import { modelFileName } from '../../weights/files';
import { writeSafetensors } from '../../weights/formats/safetensors';
import { loadWeights } from '../../weights/load';
import type { PresentFiles } from '../../weights/present';
import type { EmbedderRow } from '../../weights/modelRow';
import { findEmbedder, MODELS } from '../../weights/registry';
import { describeTrained } from '../../weights/trained';
import { fetchModelFile, readTrainedFile, keptFile, keptWeights, type ModelFileRef } from './trainedModels';

export interface ExportRequest {
  readonly id?: string;
  /** Instead of a model that is here. */
  readonly modelFile?: ModelFileRef;
  readonly form: Precision | 'facenet-pytorch';
  readonly modelsUrl?: string;
}
export interface Exported {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The file's. */
  readonly name: string;
}
export interface ExportContext extends AbortContext {
  readonly files: PresentFiles;
  readonly modelsUrl: string;
}

/** A model as a file for the user: see the protocol's `exportModel`. */
export async function exportModel({ id, modelFile, form }: ExportRequest, context: ExportContext): Promise<Exported> {
  if (modelFile) return exportFile(modelFile, form, context.signal);
  const row = findEmbedder(id ?? '', [...MODELS, ...context.files.trained]);
  const present = context.files.all.get(row.id) ?? [];
  const precision = form === 'facenet-pytorch' ? present[0] : form;
  if (!precision || !present.includes(precision)) throw missing(row, form, present);
  if (form === 'facenet-pytorch') {
    const weights = row.trained ? await keptWeights(row, precision) : await loadWeights(row, precision, context);
    return { bytes: facenetPytorchFile(weights), name: pytorchName(row) };
  }
  const bytes = row.trained
    ? await keptFile(row, precision)
    : writeSafetensors(await loadWeights(row, precision, context));
  return { bytes, name: modelFileName(row.id, precision) };
}

/** A precision is made of a float32 file only, never of a coarser one. */
async function exportFile(
  ref: ModelFileRef,
  form: Precision | 'facenet-pytorch',
  signal: AbortSignal,
): Promise<Exported> {
  const { row, info, precision, weights } = await readTrainedFile(await fetchModelFile(ref, signal), ref.name);
  if (form === 'facenet-pytorch') return { bytes: facenetPytorchFile(weights), name: pytorchName(row) };
  if (precision !== 'float32' && form !== precision) throw missing(row, form, [precision]);
  const folded = foldedWeights(row, weights);
  const bytes = precision === form && form !== 'float32' ? writeSafetensors(folded) : fileOf(folded, form);
  return { bytes: await describeTrained(bytes, info), name: modelFileName(row.id, form) };
}

function missing(row: EmbedderRow, form: string, present: readonly Precision[]): FaceError {
  const here = PRECISIONS.filter((each) => present.includes(each)).join(', ') || 'none';
  return new FaceError('weights/precision-missing', { model: row.title, precision: form, present: here });
}

function pytorchName({ id }: EmbedderRow): string {
  return `${id}.facenet-pytorch.safetensors`;
}
