/** Runs after `npm ci`: builds, and makes the models that come in npm packages; a missing model does not fail it. */
import { spawnSync } from 'node:child_process';

const build = spawnSync('npm', ['run', 'build'], { stdio: 'inherit', shell: process.platform === 'win32' });
process.exitCode = build.status ?? 1;
if (build.status === 0)
  spawnSync(process.execPath, ['dist-cli/facenet-web.js', 'models'], { stdio: ['ignore', 'ignore', 'inherit'] });
