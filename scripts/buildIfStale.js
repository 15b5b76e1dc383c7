/** `npm start`: builds only when something that the build reads is newer than what it wrote. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const BUILT = ['dist/index.html', 'dist-cli/facenet-web.js'];
const SOURCES = [
  'src',
  'workers',
  'scripts',
  'public',
  'index.html',
  'deleted.html',
  'harness.html',
  'package-lock.json',
];
const NOT_BUILT = join('public', 'models'); // served from where they are

/** When the newest file of a tree was written, milliseconds. */
function newest(path) {
  const entry = statSync(path);
  if (path === NOT_BUILT) return 0;
  if (!entry.isDirectory()) return entry.mtimeMs;
  return Math.max(entry.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

const configs = readdirSync('.').filter((name) => /^(vite|svelte|tsconfig).*\.(ts|js|json)$/.test(name));
const changed = Math.max(...[...SOURCES, ...configs].map(newest));
const isFresh = BUILT.every((path) => existsSync(path) && statSync(path).mtimeMs >= changed);
if (!isFresh) {
  const { status } = spawnSync('npm', ['run', 'build'], { stdio: 'inherit', shell: process.platform === 'win32' });
  process.exitCode = status ?? 1;
}
