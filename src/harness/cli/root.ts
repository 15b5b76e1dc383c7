import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FaceError } from '../../core/errors';

/** The package's own folder: the nearest one above this file that holds its package.json, built or not. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return version;
}

/** The built site. Throws `harness/not-built`. */
export function siteFolder(): string {
  const folder = join(packageRoot(), 'dist');
  if (!existsSync(join(folder, 'harness.html'))) throw new FaceError('harness/not-built');
  return folder;
}

/** Where `npm run models` writes and the command line reads. */
export function modelsFolder(): string {
  return join(packageRoot(), 'public', 'models');
}
