import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Command } from 'commander';
import { addFaceOptions, detectOptions, startOptions, type CommonFlags } from '../../../../src/harness/cli/options';
import { createProgram, EXIT, runCommand } from '../../../../src/harness/cli/program';

const out: string[] = [];
let umask = 0o022;
const err: string[] = [];
beforeEach(() => {
  umask = process.umask(0o022);
  out.length = err.length = 0;
  const keep = (lines: string[]) => (text: unknown) => lines.push(String(text)) > 0;
  vi.spyOn(process.stdout, 'write').mockImplementation(keep(out));
  vi.spyOn(process.stderr, 'write').mockImplementation(keep(err));
  vi.spyOn(console, 'log').mockImplementation(keep(out));
  vi.spyOn(console, 'error').mockImplementation(keep(err));
});
afterEach(() => {
  process.umask(umask); // commands set it for the whole process
  vi.restoreAllMocks();
});

function parse(...args: string[]): CommonFlags {
  const command = addFaceOptions(new Command().exitOverride(), 'far');
  return command.parse(args, { from: 'user' }).opts<CommonFlags>();
}

test('help and version are fine and on standard output', async () => {
  expect(await runCommand(['--help'])).toBe(EXIT.fine);
  expect(out.join('')).toMatch(/recognise[\s\S]*compare[\s\S]*serve/);
  expect(await runCommand(['--version'])).toBe(EXIT.fine);
  expect(await runCommand(['detect', '--help'])).toBe(EXIT.fine);
});

test.each([
  [['nonsense'], /unknown command/],
  [['detect'], /missing required argument/],
  [['detect', 'a.jpg', '--nonsense'], /unknown option/],
  [['recognise', 'a.jpg'], /required option '--gallery/],
  [['embed', 'folder'], /required option '--out/],
  [['detect', 'a.jpg', '--backend', 'cuda'], /Allowed choices are auto, wasm, webgpu/],
  [['detect', 'a.jpg', '--engine', 'torch'], /Allowed choices are litert, tfjs/],
  [['compare', 'a', 'b', '--precision', 'int4'], /Allowed choices are float32, float16, int8/],
  [['detect', 'a.jpg', '--min-size', '0'], /number of pixels/],
  [['detect', 'a.jpg', '--min-size', ''], /number of pixels/],
  [['detect', 'a.jpg', '--thresholds', '0.6,0.7'], /three numbers/],
  [['detect', 'a.jpg', '--thresholds', '0.6,0.7,7'], /three numbers/],
  [['recognise', 'a.jpg', '--gallery', 'g', '--far', '1'], /between 0 and 1/],
  [['align', 'a', 'b', '--size', '160.5'], /whole number/],
  [['serve', '--port', '70000'], /whole number/],
  [['cluster', 'a', '--method', 'dbscan', '--threshold', 'near'], /a number above 0/],
  [['cluster', 'a', '--method', 'dbscan', '--threshold', '-1'], /a number above 0/],
  [['lfw', '--images', 'a', '--pairs', 'b', '--out', 'c', '--shard', '1/1001'], /1000 parts at most/],
])('%j is bad usage, with a sentence that says why', async (args, sentence) => {
  expect(await runCommand(args)).toBe(EXIT.usage);
  expect(err.join('')).toMatch(sentence);
  expect(out).toEqual([]);
});

test('a threshold is refused by the method that has none, before anything starts', async () => {
  expect(await runCommand(['cluster', '/nowhere', '--threshold', '1'])).toBe(EXIT.failure);
  expect(err.join('')).toContain('The option --threshold cannot be 1: the method nearest takes its distances');
});

test('a path that is not there fails with its sentence, and as one object with --json', async () => {
  expect(await runCommand(['detect', '/nowhere/a.jpg', '--json'])).toBe(EXIT.failure);
  const message = '/nowhere/a.jpg does not exist, or may not be read.';
  expect(err).toEqual([message]);
  expect(JSON.parse(out.join(''))).toEqual({ error: { code: 'harness/no-such-file', message } });
});

test.each(['embed', 'filter-metrics', 'detect'])(
  '%s says at once that the folder of its result is not there',
  async (command) => {
    const args = [command, 'public/samples', '--out', '/nowhere/result'];
    expect(await runCommand(args)).toBe(EXIT.failure);
    expect(err).toEqual([expect.stringMatching(/^\/nowhere does not exist/)]);
  },
);

test('crops may not go into the folder of the pictures', async () => {
  expect(await runCommand(['align', 'pictures', 'pictures/crops'])).toBe(EXIT.failure);
  expect(err.join('')).toContain('must lie outside');
});

test('options that are not given are left to the worker', () => {
  const flags = parse();
  expect(startOptions(flags)).toEqual({ backend: 'auto' });
  expect(detectOptions(flags)).toEqual({});
});

test('options reach the worker as they are given', () => {
  const flags = parse(
    ...['--backend', 'wasm', '--engine', 'tfjs', '--precision', 'float32', '--model', 'mine', '--far', '1e-3'],
    ...['--min-size', '.1', '--thresholds', '.6,.7,.8'],
  );
  expect(startOptions(flags)).toEqual({
    backend: 'wasm',
    engine: 'tfjs',
    precision: 'float32',
    model: 'mine',
    far: 0.001,
  });
  expect(detectOptions(flags)).toEqual({ minSize: 0.1, thresholds: [0.6, 0.7, 0.8] });
});

test.skipIf(process.platform === 'win32')(
  'files with faces are their owner’s alone, files to hand on are not',
  async () => {
    await runCommand(['models', '--add', 'nowhere.safetensors']);
    expect(process.umask(0o022)).toBe(0o022);
    for (const command of ['embed', 'align', 'detect'])
      await runCommand([command, 'nowhere', '--out', join(tmpdir(), 'nothing.npy')]);
    expect(process.umask(0o022)).toBe(0o077);
  },
);

test('README fits two screens and wraps its lines', () => {
  const lines = readFileSync('README.md', 'utf8').trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(120);
  expect(lines.filter((line) => line.length > 130)).toEqual([]);
});

test('README’s table lists exactly the commands that exist, and a test of the command line runs each', () => {
  const commands = createProgram(() => {}).commands.map((command) => command.name());
  const rows = /^\| Command .*\n\|[- |]*\n((?:\|.*\n)+)/m
    .exec(readFileSync('README.md', 'utf8'))![1]!
    .trim()
    .split('\n');
  const cells = rows.map((row) => /^\| (.*?[^\\]) \|/.exec(row)![1]!);
  const listed = cells.flatMap((cell) => [...cell.matchAll(/`([a-z-]+)[^`]*`/g)].map(([, name]) => name!));
  expect([...new Set(listed)].sort()).toEqual(commands.toSorted());

  const specs = readdirSync('test/e2e/cli').filter((name) => name.endsWith('.ts'));
  const texts = specs.map((name) => readFileSync(`test/e2e/cli/${name}`, 'utf8')).join('\n');
  const unrun = commands.filter((name) => !texts.includes(`'${name}'`));
  expect(unrun, 'commands that no spec in test/e2e/cli names').toEqual([]);
});
