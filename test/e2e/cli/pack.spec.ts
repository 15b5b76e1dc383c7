import { execFile } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PackOutput } from '../../../src/harness/cli/output';
import { expect, runJson, SAMPLES, test } from './command';

/** Runs the script as the other machine would; rejects with its words where it ends with an error. */
async function script(folder: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)('sh', [join(folder, 'run.sh'), ...args], { cwd: '/' });
  return stdout + stderr;
}

test('a pack comes in parts that its script checks, joins and unpacks on another machine', async ({ folder }) => {
  test.skip(process.platform === 'win32', 'the script is for sh');
  const data = join(folder, 'people', 'Daniel Barry');
  mkdirSync(data, { recursive: true });
  copyFileSync(join(SAMPLES, 'portraits/daniel-barry.jpg'), join(data, '1.jpg'));
  const out = join(folder, 'out');
  const packing = ['pack', '--out', out, '--part', '4m', '--no-models', '--data', join(folder, 'people')];
  const { code, stderr, output } = await runJson<PackOutput>(...packing);
  expect(code, stderr).toBe(0);
  expect(output.contents).toMatchObject({ chromium: false, models: [], lfw: null, training: 1 });
  expect(output.parts.length).toBeGreaterThan(2);
  for (const { name, bytes } of output.parts) expect(statSync(join(out, name)).size).toBe(bytes);
  expect(Math.max(...output.parts.map(({ bytes }) => bytes))).toBe(4 * 1024 * 1024);

  const there = join(folder, 'there');
  mkdirSync(there);
  for (const name of ['run.sh', 'SHA256SUMS', ...output.parts.map((part) => part.name)])
    renameSync(join(out, name), join(there, name));
  renameSync(join(there, 'part.001'), join(there, 'away'));
  await expect(script(there, '--check')).rejects.toThrow('part.001 is missing');
  renameSync(join(there, 'away'), join(there, 'part.001'));
  expect(await script(there, '--check')).toContain(`${output.parts.length} parts are here and right`);
  expect(await script(there, '--help')).toContain('--backend webgpu|wasm');
  const crop = readFileSync(join(there, 'facenet-web/data/train/Daniel Barry/1.jpg'));
  expect(crop.subarray(0, 2).toString('hex'), 'a JPEG').toBe('ffd8');
  expect(existsSync(join(there, 'facenet-web/dist/harness.html'))).toBe(true);
  for (const [file, words] of [
    ['third-party-licences.txt', '@litertjs/core'],
    ['dist-cli/third-party-licences.txt', 'commander'],
    ['LICENSE', 'MIT'],
  ] as const)
    expect(readFileSync(join(there, 'facenet-web', file), 'utf8')).toContain(words);
  // It runs from there: all that it needs is in the pack.
  const own = join(there, 'facenet-web/dist-cli/facenet-web.js');
  expect((await promisify(execFile)(process.execPath, [own, '--version'], { cwd: '/' })).stdout).toMatch(/^\d+\.\d+/);

  appendFileSync(join(there, 'part.000'), 'x');
  await expect(script(there, '--check')).rejects.toThrow('part.000 is damaged');
});
