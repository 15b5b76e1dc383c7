import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { promisify } from 'node:util';
import { chromium } from 'playwright';
// With their endings: the test configurations load this file by Node's own rules.
import { FaceError } from '../../core/errors.ts';
import { install } from './install.ts';

const APT = '/usr/bin/apt-get';
const DOWNLOAD_SILENT_MS = 30_000;
const APT_SILENT_MS = 180_000;

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Chromiums that are here, the first choice first: `CHROMIUM_PATH`, Playwright's own download, the system's. */
function presentChromiums(): string[] {
  const paths = [process.env['CHROMIUM_PATH'] ?? '', chromium.executablePath(), ...SYSTEM];
  return paths.filter((path) => path !== '' && existsSync(path));
}

/** The first choice, or null when there is none. */
export function findChromium(): string | null {
  return presentChromiums()[0] ?? null;
}

/** Whether it starts: a download without the system's libraries is there, but does not. */
async function starts(path: string): Promise<boolean> {
  if (process.platform === 'win32') return true; // there, `--version` opens a window instead
  return promisify(execFile)(path, ['--version'], { timeout: 20_000 }).then(
    () => true,
    () => false,
  );
}

async function findWorking(): Promise<string | null> {
  for (const path of presentChromiums()) {
    if (await starts(path)) return path;
    console.error(`${path} does not start; looking for another Chromium.`);
  }
  return null;
}

/** A person at a terminal is asked before packages of the system are installed; a script has nobody to ask, and says it. */
async function mayInstall(): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const question =
    'The download failed. Install the system’s packages chromium and fonts-liberation with apt-get? [y/N] ';
  const answer = await terminal.question(question).finally(() => terminal.close());
  return /^y/i.test(answer.trim());
}

function download(): Promise<boolean> {
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js');
  const env = { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000' };
  return install(process.execPath, [cli, 'install', '--no-shell', 'chromium'], DOWNLOAD_SILENT_MS, env);
}

async function aptInstall(): Promise<boolean> {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  return (
    (await install(APT, ['update'], APT_SILENT_MS, env)) &&
    (await install(
      APT,
      ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-liberation'],
      APT_SILENT_MS,
      env,
    ))
  );
}

/**
 * Path of a Chromium that starts: one that is here, else Playwright's download, else Debian's package where we may
 * install it, which a person at a terminal is asked. It reports what it does on standard error. Throws `harness/no-chromium`; never waits without end.
 */
export async function ensureChromium(): Promise<string> {
  const asked = process.env['CHROMIUM_PATH'];
  if (asked && !existsSync(asked)) console.error(`CHROMIUM_PATH names ${asked}, which is not there.`);
  const found = await findWorking();
  if (found) return found;

  console.error('No Chromium is here: downloading one.');
  await download();
  const downloaded = await findWorking();
  if (downloaded) return downloaded;

  const debian = existsSync(APT);
  if (debian && process.getuid?.() === 0 && (await mayInstall())) {
    console.error('The download failed: installing the system’s packages chromium and fonts-liberation.');
    await aptInstall();
    const installed = await findWorking();
    if (installed) return installed;
  }
  const hint = debian
    ? 'sudo apt-get install chromium fonts-liberation'
    : 'npx playwright install --with-deps chromium';
  throw new FaceError('harness/no-chromium', { hint });
}
