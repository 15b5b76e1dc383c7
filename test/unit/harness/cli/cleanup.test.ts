import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, afterEach, expect, it, onTestFinished, vi } from 'vitest';

const registered: [string, () => void][] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const [signal, listener] of registered.splice(0)) process.off(signal, listener);
});

// Other files share this process: the module that believes a signal has come must not be theirs.
afterAll(() => vi.resetModules());

/** The module freshly loaded, as at the program's start, with its signal handlers; `exits` collects exit codes. */
async function fresh() {
  vi.resetModules();
  const exits: unknown[] = [];
  vi.spyOn(process, 'exit').mockImplementation(((code: number) => exits.push(code)) as never);
  vi.spyOn(process, 'once').mockReturnValue(process); // the end by force is for a program of its own, below
  const on = process.on.bind(process);
  vi.spyOn(process, 'on').mockImplementation(((signal: string, listener: () => void) => {
    registered.push([signal, listener]);
    return on(signal, listener);
  }) as never);
  const cleanup = await import('../../../../src/harness/cli/cleanup');
  cleanup.exitCleanlyOnSignals();
  return { ...cleanup, exits };
}

it('work that can be stopped softly gets the first signal, and the second ends the program', async () => {
  const { stoppable, stoppedCode, exits } = await fresh();
  let stops = 0;
  await stoppable(
    () => stops++,
    async () => {
      expect(stoppedCode()).toBeNull();
      process.emit('SIGTERM');
      expect([stops, stoppedCode(), exits]).toEqual([1, 143, []]);
      process.emit('SIGINT');
      expect(exits).toEqual([130]);
    },
  );
});

it('outside such work the first signal ends the program after what was started', async () => {
  const { stoppable, beforeExit, exits } = await fresh();
  await stoppable(
    () => expect.unreachable(),
    async () => {},
  );
  const ended: string[] = [];
  beforeExit(async () => void ended.push('server'));
  process.emit('SIGINT');
  await vi.waitFor(() => expect(exits).toEqual([130]));
  expect(ended).toEqual(['server']);
});

/** A program that reads a pipe into which nobody writes, and what it does at a number of signals. */
async function stuckProgram(): Promise<{ signal(): void; readonly ended: Promise<[number | null, string | null]> }> {
  const folder = await mkdtemp(join(tmpdir(), 'facenet-stuck-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  execFileSync('mkfifo', [join(folder, 'picture.jpg')]);
  const source = await readFile('src/harness/cli/cleanup.ts', 'utf8');
  const { outputText } = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.ESNext } });
  await writeFile(join(folder, 'cleanup.mjs'), outputText);
  const script = `import { readFile } from 'node:fs/promises';
    import { exitCleanlyOnSignals } from './cleanup.mjs';
    exitCleanlyOnSignals();
    setTimeout(() => console.log('reads'), 50);
    const read = readFile('picture.jpg');
    await read;`;
  await writeFile(join(folder, 'main.mjs'), script);
  const child = spawn(process.execPath, ['main.mjs'], { cwd: folder });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<[number | null, string | null]>((done) =>
    child.once('exit', (code, signal) => done([code, signal])),
  );
  await new Promise((done) => child.stdout.once('data', done));
  return { signal: () => void child.kill('SIGINT'), ended };
}

it.skipIf(process.platform === 'win32')('a program stuck in a read of a pipe ends after one Ctrl-C', async () => {
  const program = await stuckProgram();
  program.signal();
  expect(await program.ended).toEqual([null, 'SIGKILL']);
});

it.skipIf(process.platform === 'win32')('the second Ctrl-C does not even wait for the cleaning up', async () => {
  const program = await stuckProgram();
  const begin = performance.now();
  program.signal();
  await new Promise((done) => setTimeout(done, 100));
  program.signal();
  expect(await program.ended).toEqual([null, 'SIGKILL']);
  expect(performance.now() - begin).toBeLessThan(2_500);
});
