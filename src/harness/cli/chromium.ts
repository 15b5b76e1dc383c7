import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright';
import { FaceError } from '../../core/errors';

type Env = Readonly<Record<string, string>>;

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
/** An installer that has told nothing for so long is given up; and so is one that takes longer than `INSTALL_MS`. */
const DOWNLOAD_SILENT_MS = 30_000;
const APT_SILENT_MS = 180_000;
const INSTALL_MS = 600_000;

function candidates(): string[] {
  return [process.env['CHROMIUM_PATH'] ?? '', chromium.executablePath(), ...SYSTEM];
}

/** Path of a Chromium that is here: `CHROMIUM_PATH`, Playwright's own download, the system's; null when there is none. */
export function findChromium(): string | null {
  return candidates().find((path) => path !== '' && existsSync(path)) ?? null;
}

/** Whether it starts: a download without the system's libraries is there, but does not. */
async function works(path: string): Promise<boolean> {
  if (path === '' || !existsSync(path)) return false;
  if (process.platform === 'win32') return true; // there, `--version` opens a window instead
  return promisify(execFile)(path, ['--version'], { timeout: 20_000 }).then(
    () => true,
    () => false,
  );
}

async function findWorking(): Promise<string | null> {
  for (const path of candidates()) if (await works(path)) return path;
  return null;
}

/** Runs an installer with its output on our standard error; resolves to whether it ended well, in time and not silent. */
function install(command: string, args: readonly string[], silentMs: number, env: Env): Promise<boolean> {
  return new Promise((resolve) => {
    // A group of its own where there are groups, so that what the installer starts ends with it.
    const detached = process.platform !== 'win32';
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached,
      env: { ...process.env, ...env },
    });
    const stop = () => {
      if (child.pid === undefined || child.exitCode !== null) return;
      if (detached) process.kill(-child.pid, 'SIGKILL');
      else child.kill();
    };
    const whole = setTimeout(stop, INSTALL_MS);
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

function download(): Promise<boolean> {
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js');
  const env = { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000' };
  return install(process.execPath, [cli, 'install', '--no-shell', 'chromium'], DOWNLOAD_SILENT_MS, env);
}

async function aptInstall(): Promise<boolean> {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  return (
    (await install('apt-get', ['update'], APT_SILENT_MS, env)) &&
    (await install('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], APT_SILENT_MS, env))
  );
}

/**
 * Path of a Chromium that starts: one that is here, else Playwright's download, else Debian's package where we may
 * install it. What it does is told on standard error. Throws `harness/no-chromium`; never waits without end.
 */
export async function ensureChromium(): Promise<string> {
  const asked = process.env['CHROMIUM_PATH'];
  if (asked && !(await works(asked)))
    console.error(`CHROMIUM_PATH names ${asked}, which does not start; looking for another Chromium.`);
  const found = await findWorking();
  if (found) return found;

  console.error('No Chromium is here: downloading one.');
  await download();
  const downloaded = await findWorking();
  if (downloaded) return downloaded;

  const debian = existsSync('/usr/bin/apt-get');
  if (debian && process.getuid?.() === 0) {
    console.error('The download failed: installing the system’s package.');
    await aptInstall();
    const installed = await findWorking();
    if (installed) return installed;
  }
  const hint = debian ? 'sudo apt-get install chromium' : 'npx playwright install --with-deps chromium';
  throw new FaceError('harness/no-chromium', { hint });
}
