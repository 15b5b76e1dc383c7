import { spawn } from 'node:child_process';

/** An installer that takes longer is given up, whatever it tells. */
const WHOLE_MS = 600_000;

/** Runs an installer, its output on our stderr; gives whether it ended well. Killed after `silentMs` of silence. */
export function install(
  command: string,
  args: readonly string[],
  silentMs: number,
  env: Readonly<Record<string, string>>,
): Promise<boolean> {
  return new Promise((resolve) => {
    // A group of its own, where there are groups, can be ended as a whole.
    const detached = process.platform !== 'win32';
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached,
      env: { ...process.env, ...env },
    });
    const stop = () => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      if (detached) process.kill(-child.pid, 'SIGKILL');
      else child.kill();
    };
    const whole = setTimeout(stop, WHOLE_MS);
    let silence = setTimeout(stop, silentMs);
    const hear = (data: Buffer) => {
      process.stderr.write(data);
      clearTimeout(silence);
      silence = setTimeout(stop, silentMs);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const done = (fine: boolean) => {
      clearTimeout(whole);
      clearTimeout(silence);
      process.off('exit', stop);
      resolve(fine);
    };
    process.once('exit', stop);
    child.once('error', () => done(false));
    child.once('close', (code) => done(code === 0));
  });
}
