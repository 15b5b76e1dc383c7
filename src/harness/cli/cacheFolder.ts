import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where downloads are kept between runs and installs: `FACENET_CACHE`, else the system's folder for caches. */
export function cacheFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env['FACENET_CACHE']) return env['FACENET_CACHE'];
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local'), 'facenet-web');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'facenet-web');
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'facenet-web');
}
