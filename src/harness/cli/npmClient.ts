import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { FaceError } from '../../core/errors';

/** The largest answer of npm that is read; `npm pack` lists the files of a package. */
const ANSWER_CHARACTERS = 4_000_000;

export interface NpmAnswer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The npm client's script: the one that runs us, this Node's, or the PATH's; null without one. (Windows: not `npm.cmd`.) */
export function findNpm(env: NodeJS.ProcessEnv = process.env, node = process.execPath): string | null {
  const running = env['npm_execpath'] ?? ''; // pnpm and yarn set it too, to themselves
  const beside = join('node_modules', 'npm', 'bin', 'npm-cli.js');
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [
    ...(basename(running) === 'npm-cli.js' ? [running] : []),
    join(dirname(node), beside),
    join(dirname(node), '..', 'lib', beside),
    ...folders.flatMap((folder) => [join(folder, beside), linkedScript(join(folder, 'npm'))]),
  ];
  return candidates.find((path) => path !== '' && existsSync(path)) ?? null;
}

/** The npm of a PATH folder is a link to the script itself, where there are links; an empty string otherwise. */
function linkedScript(path: string): string {
  try {
    const script = realpathSync(path);
    return script.endsWith('.js') ? script : '';
  } catch {
    return '';
  }
}

/** Runs the npm client; gives what it says. Throws `aborted`, or an Error with the reason (`limitMs`: too long). */
export function runNpm(
  script: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly limitMs: number; readonly signal?: AbortSignal | undefined },
): Promise<NpmAnswer> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: options.signal,
      killSignal: 'SIGKILL',
      windowsHide: true,
    });
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, options.limitMs);
    const heard = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (bytes: Buffer) => {
        if (heard[name].length < ANSWER_CHARACTERS) heard[name] += bytes.toString();
      });
    child.once('error', (error) => {
      clearTimeout(limit);
      reject(error.name === 'AbortError' ? new FaceError('aborted', {}, { cause: error }) : error);
    });
    child.once('close', (code) => {
      clearTimeout(limit);
      if (late) reject(new Error(`npm took longer than ${Math.round(options.limitMs / 1000)} seconds`));
      else resolve({ code, ...heard });
    });
  });
}
