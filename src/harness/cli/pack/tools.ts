import { spawn, type ChildProcess } from 'node:child_process';
import { FaceError } from '../../../core/errors';
import { beforeExit } from '../cleanup';
import { diskReason } from '../diskReason';

/** Where to get a program that is missing. */
const HINTS: Readonly<Record<string, string>> = {
  xz: 'apt-get install xz-utils',
  tar: 'apt-get install tar',
  bash: 'apt-get install bash',
};

/** Starts a program that ends with ours. What it says on standard error is kept for the message. */
export function startTool(tool: string, args: readonly string[], stdin: 'ignore' | 'pipe' = 'ignore') {
  const child: ChildProcess = spawn(tool, args, { stdio: [stdin, 'pipe', 'pipe'] });
  const forget = beforeExit(async () => void child.kill());
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
  const ended = ending(child, tool, () => said).finally(forget);
  ended.catch(() => undefined); // whoever reads its output may fail first
  return { child, ended };
}

function ending(child: ChildProcess, tool: string, said: () => string): Promise<void> {
  return new Promise((done, fail) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      fail(error.code === 'ENOENT' ? new FaceError('pack/no-tool', { tool, hint: HINTS[tool] ?? tool }) : error),
    );
    child.once('close', (code) => {
      if (code === 0) {
        done();
        return;
      }
      const reason = said().trim().split('\n').at(-1) || `it ended with ${code ?? 'a signal'}`;
      fail(new FaceError('pack/failed', { reason: `${tool}: ${reason.replace(/\.$/, '')}` }));
    });
  });
}

/** Runs a program to its end; its output is thrown away. Throws `pack/no-tool`, `pack/failed`. */
export async function runTool(tool: string, args: readonly string[]): Promise<void> {
  const { child, ended } = startTool(tool, args);
  child.stdout!.resume();
  await ended;
}

/** What goes wrong with the disk, in words. */
export function packError(thrown: unknown): FaceError {
  if (thrown instanceof FaceError) return thrown;
  return new FaceError('pack/failed', { reason: diskReason(thrown) }, { cause: thrown });
}
