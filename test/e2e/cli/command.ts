import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test as base } from '@playwright/test';

export { expect };
export const SCRIPT = resolve('dist-cli/facenet-web.js');
export const SAMPLES = resolve('public/samples');
export const FACENET = 'facenet-20180402-114759';
export const MOBILE_FACE_NET = 'mobilefacenet-192';
/** The embedder that starts soonest, for tests that would prove the same with any. */
export const SMALL = ['--model', MOBILE_FACE_NET] as const;

/** A folder of its own for each test. */
export const test = base.extend<{ folder: string }>({
  folder: async ({}, use, info) => use(info.outputPath()),
});

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  /** Resolves to what the pattern finds once standard output or error holds it. */
  says(pattern: RegExp): Promise<string>;
}

/** Starts `facenet-web` as a shell would; `env` is added to ours. */
export function startIn(env: Readonly<Record<string, string>>, ...args: string[]): Running {
  return startAs(undefined, env, ...args);
}

/** The same as another user; undefined is ours. */
export function startAs(uid: number | undefined, env: Readonly<Record<string, string>>, ...args: string[]): Running {
  const child = spawn(process.execPath, [SCRIPT, ...args], { uid, gid: uid, env: { ...process.env, ...env } });
  child.stdin.end();
  const heard = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (heard.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (heard.stderr += text));
  const ended = new Promise<Ended>((done) => child.once('close', (code) => done({ code, ...heard })));
  const says = async (pattern: RegExp) => {
    const all = () => heard.stdout + heard.stderr;
    await expect.poll(all, { timeout: 60_000 }).toMatch(pattern);
    return pattern.exec(all())![0];
  };
  return { child, ended, says };
}

export function start(...args: string[]): Running {
  return startIn({}, ...args);
}

export function run(...args: string[]): Promise<Ended> {
  return start(...args).ended;
}

/** Runs with `--json` and gives the one object, which must be all of standard output. */
export async function runJson<T>(...args: string[]): Promise<{ code: number | null; stderr: string; output: T }> {
  const { code, stdout, stderr } = await run(...args, '--json');
  expect(stdout, stderr).not.toBe('');
  return { code, stderr, output: JSON.parse(stdout) as T };
}

/** Skips the test where a model file is not here, in the words that say what is missing; fails where it must be here. */
export function needsModel(id: string, precision: string): void {
  const file = `public/models/${id}.${precision}.safetensors`;
  if (!existsSync(file) && process.env['EXPECT_SHARED'] === '1') throw new Error(`${file} is not here`);
  test.skip(!existsSync(file), `${file} is not here`);
}

/** A folder that an environment variable names. */
export function needsFolder(variable: string): string {
  const folder = process.env[variable];
  if (!folder && process.env['EXPECT_SHARED'] === '1') throw new Error(`${variable} is not set`);
  test.skip(!folder, `${variable} is not set`);
  return folder!;
}

/** The processes below one, from the children to theirs (Linux). */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = parentOf(Number(name));
    if (parent !== null) parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
  }
  const below = (of: number): number[] => (parents.get(of) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid);
}

function parentOf(pid: number): number | null {
  try {
    return Number(/\) \S (\d+)/.exec(readFileSync(join('/proc', `${pid}`, 'stat'), 'utf8'))?.[1]);
  } catch {
    return null; // ended meanwhile
  }
}

/** Whether the process is one of Chromium's that show a page. */
export function isRenderer(pid: number): boolean {
  try {
    return readFileSync(join('/proc', `${pid}`, 'cmdline'), 'utf8').includes('--type=renderer');
  } catch {
    return false; // ended meanwhile
  }
}

export function isAlive(pid: number): boolean {
  try {
    return !readFileSync(join('/proc', `${pid}`, 'stat'), 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
