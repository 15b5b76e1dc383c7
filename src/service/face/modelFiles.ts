/** The model files on this device: listed, fetched, imported, removed, and those trained here kept, renamed and exported. */
import type { AbortContext, CallContext } from '../../core/call';
import { importModelFile, removeModel } from '../../weights/install';
import { findFiles, modelPlace, withTrained, type ModelPlace, type PresentFiles } from '../../weights/present';
import type { ModelRow } from '../../weights/modelRow';
import { findModel, MODELS } from '../../weights/registry';
import { isTrainedFile, MAX_HEADER_BYTES, MAX_TRAINED_BYTES } from '../../weights/trained';
import { modelsUrlOf } from '../modelsUrl';
import { exportModel, type Exported, type ExportRequest } from './exportModel';
import type { InHelper, InstallRequest } from './helper';
import {
  importTrained,
  removeTrained,
  renameTrained,
  saveTrained,
  trainedRows,
  type SaveTrainedRequest,
} from './trainedModels';

/** `modelsUrl` gives the folder in use. */
export function modelFileHandlers(inHelper: InHelper, modelsUrl: () => string) {
  const filesAt = async (url: string): Promise<PresentFiles> => withTrained(await findFiles(url), await trainedRows());
  const placeOf = async (row: ModelRow): Promise<ModelPlace> => modelPlace(row, await filesAt(modelsUrl()));
  const urlOf = (wanted: string | undefined): string => (wanted === undefined ? modelsUrl() : modelsUrlOf(wanted));

  return {
    async models(request: { readonly modelsUrl?: string }): Promise<ModelPlace[]> {
      const files = await filesAt(urlOf(request.modelsUrl));
      return [...MODELS, ...files.trained].map((row) => modelPlace(row, files));
    },
    async downloadModel(request: InstallRequest, context: CallContext): Promise<ModelPlace> {
      const row = findModel(request.id);
      await inHelper('install', request, context);
      return placeOf(row);
    },
    async importModel(
      { file, name }: { readonly file: Blob; readonly name: string },
      { progress }: CallContext,
    ): Promise<ModelPlace> {
      progress({ stage: `Checking ${name}`, done: 0, total: file.size, unit: 'bytes' });
      const beginning = new Uint8Array(await file.slice(0, MAX_HEADER_BYTES).arrayBuffer());
      if (!isTrainedFile(beginning)) return placeOf(findModel((await importModelFile(file, name)).id));
      // One byte more than the limit is enough to see that it is too large.
      const bytes = new Uint8Array(await file.slice(0, MAX_TRAINED_BYTES + 1).arrayBuffer());
      return placeOf(await importTrained(bytes, name));
    },
    async removeModel({ id }: { readonly id: string }): Promise<ModelPlace> {
      const row = (await trainedRows()).find((each) => each.id === id);
      if (row) await removeTrained(id);
      else await removeModel(findModel(id));
      return placeOf(row ?? findModel(id));
    },
    saveTrained: async (request: SaveTrainedRequest, { progress }: CallContext): Promise<ModelPlace> =>
      placeOf(await saveTrained(request, progress)),
    renameModel: async ({ id, title }: { readonly id: string; readonly title: string }): Promise<ModelPlace> =>
      placeOf(await renameTrained(id, title)),
    async exportModel(request: ExportRequest, { signal }: AbortContext): Promise<Exported> {
      const url = urlOf(request.modelsUrl);
      return exportModel(request, { files: await filesAt(url), modelsUrl: url, signal });
    },
  };
}
