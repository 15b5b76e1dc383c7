import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where downloads are kept between runs and installs, outside node_modules, which `npm ci` empties: the environment
 * variable `FACENET_CACHE`, else the folder that the system has for it.
 */
export function cacheFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env['FACENET_CACHE']) return env['FACENET_CACHE'];
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local'), 'facenet-web');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'facenet-web');
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'facenet-web');
}
