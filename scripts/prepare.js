/**
 * What `npm ci` does after it: builds, and makes the model files that come inside npm packages. An install does not fail
 * for want of a model: the reason is said in a sentence, and the next command tries again.
 */
import { spawnSync } from 'node:child_process';

const build = spawnSync('npm', ['run', 'build'], { stdio: 'inherit', shell: process.platform === 'win32' });
process.exitCode = build.status ?? 1;
if (build.status === 0)
  spawnSync(process.execPath, ['dist-cli/facenet-web.js', 'models'], { stdio: ['ignore', 'ignore', 'inherit'] });
