import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Plugin } from 'vite';
import { afterAll, describe, expect, it } from 'vitest';
import { noticeOf, WEIGHTS } from '../../../scripts/licences/notice';
import { packageOf, readPackage } from '../../../scripts/licences/packages';
import { thirdPartyLicences } from '../../../scripts/thirdPartyLicences';
import { MODELS } from '../../../src/weights/registry';

const folders: string[] = [];
const temporary = (): string => folders[folders.push(mkdtempSync(join(tmpdir(), 'licences-'))) - 1]!;
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

const manifest = (name: string, more: object = { license: 'MIT' }) =>
  JSON.stringify({ name, version: '1.2.3', main: 'index.js', ...more });

/** A site of two packages, one of them used by a worker alone. */
function smallSite(workersPackage: Readonly<Record<string, string>>): string {
  const root = temporary();
  write(root, {
    'index.html': '<script type="module" src="/main.js"></script>',
    'main.js': `import { a } from 'inpage'; document.title = a;
      new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });`,
    'worker.js': `import { b } from 'inworker'; postMessage(b);`,
    'node_modules/rolldown/package.json': manifest('rolldown'),
    'node_modules/rolldown/LICENSE': 'Copyright (c) Rolldown',
    'node_modules/inpage/package.json': manifest('inpage'),
    'node_modules/inpage/index.js': `export const a = 'in the page';`,
    'node_modules/inpage/LICENSE.md': 'Copyright (c) 2001 Page\n\nPermission is granted to pages.',
    'node_modules/inworker/index.js': `export const b = 'in the worker';`,
    'node_modules/unused/package.json': manifest('unused'),
    ...workersPackage,
  });
  write(root, {
    'node_modules/vite/package.json': manifest('vite'),
    'node_modules/vite/LICENSE': 'Copyright (c) Vite',
  });
  return root;
}

async function buildSmall(root: string): Promise<string> {
  const licences = thirdPartyLicences();
  await build({
    root,
    configFile: false,
    logLevel: 'silent',
    plugins: [licences.pages],
    worker: { format: 'es', plugins: licences.workers },
  });
  return readFileSync(join(root, 'dist/third-party-licences.txt'), 'utf8');
}

describe('the licence file of a build', () => {
  it('names what pages and workers contain, with text and copyright, and nothing else', async () => {
    const root = smallSite({
      'node_modules/inworker/package.json': manifest('inworker', { license: 'ISC', author: 'A. Worker <a@b.c>' }),
      'node_modules/inworker/LICENCE': 'Permission is granted to workers.',
      'node_modules/inworker/NOTICE': 'A notice that has to be kept.',
    });
    const text = await buildSmall(root);
    expect(text).toContain('inpage 1.2.3 (MIT)\n  Copyright (c) 2001 Page\n\n');
    expect(text).toContain('Permission is granted to pages.');
    expect(text).toContain('inworker 1.2.3 (ISC)\n  A. Worker <a@b.c>\n\nPermission is granted to workers.');
    expect(text).toContain('A notice that has to be kept.');
    expect(text).not.toContain('unused');
    expect(await buildSmall(root)).toBe(text);
  });

  it('is not written where a package has no text of its licence: the build ends', async () => {
    const root = smallSite({ 'node_modules/inworker/package.json': manifest('inworker') });
    await expect(buildSmall(root)).rejects.toThrow(/inworker 1\.2\.3 \(MIT\) is in the build.*no text/);
  });

  it('has the licence of each model’s weights, in the words of its row', () => {
    expect(WEIGHTS.map(({ id }) => id).sort()).toEqual(MODELS.map(({ id }) => id).sort());
    for (const { id, title, licence, credit } of MODELS)
      expect(WEIGHTS.find((each) => each.id === id)).toMatchObject({ title, licence, credit });
    const text = noticeOf([]);
    for (const { licence, credit } of MODELS) expect(text).toContain(`(${licence})\n  ${credit}\n`);
    expect(text).toContain('Copyright (c) 2016 David Sandberg');
    expect(text).toContain('Permission is hereby granted');
    expect(text).toContain('TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION');
  });
});

it('this app’s build has no module of a package that its licence file leaves out', async () => {
  const seen = new Set<string>();
  const recorder = (): Plugin => ({
    name: 'test:recorder',
    generateBundle(_, bundle) {
      const ids = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
      for (const id of [...ids, ...this.getModuleIds()]) {
        const match = /node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*node_modules\/)/.exec(id);
        if (match) seen.add(match[1]!);
      }
    },
  });
  const out = temporary();
  await build({
    logLevel: 'silent',
    plugins: [recorder(), { name: 'test:workers', config: () => ({ worker: { plugins: () => [recorder()] } }) }],
    build: { outDir: out, emptyOutDir: true },
  });
  const text = readFileSync(join(out, 'third-party-licences.txt'), 'utf8');
  // Of the page, of the face worker and of the train worker: the recorder has seen all of them.
  for (const name of ['svelte', 'idb', '@litertjs/core', '@tensorflow/tfjs-core']) expect([...seen]).toContain(name);
  for (const name of seen) {
    const { version, text: licence } = readPackage(name, 'node_modules');
    expect(text).toContain(`${name} ${version} (`);
    expect(text).toContain(licence);
  }
});

it.each([
  ['/home/me/app/src/main.ts', null],
  ['/a/node_modules/idb/build/index.js', 'idb'],
  ['C:\\a\\node_modules\\@scope\\name\\x.wasm?url', '@scope/name'],
  ['/a/node_modules/one/node_modules/two/x.js', 'one/node_modules/two'],
  ['\0vite/preload-helper.js', 'vite'],
])('%s belongs to %s', (id, name) => {
  expect(packageOf(id)).toBe(name);
});
