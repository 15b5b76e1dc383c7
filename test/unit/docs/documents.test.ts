import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { importProblem } from '../../../scripts/lint/imports.js';

/** All documents of the repository: README, the guides, the decisions, the kept runs. */
const DOCUMENTS = execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' }).trim().split('\n');
/** Words of an earlier dialect, each with an ordinary one: reported, again, n, continues, trained, evaluated, identity. */
const DIALECT =
  /\b(told(?! apart)|anew|so many|go(es|ne|ing)? on|learnt|taught|judg(e|ed|es|ing)|pupils?|trunk|NamingHead|belongings?)\b/i;
const IN_DOCUMENTS = /\b(mirrored|films?)\b/i;
const read = (path: string): string => readFileSync(path, 'utf8');

/** The relative addresses of links and pictures in a document, without their anchors. */
function linksOf(text: string): string[] {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)].map(([, link, source]) => (link ?? source)!);
  return links.filter((link) => !/^(https?:|#)/.test(link)).map((link) => link.replace(/#.*/, ''));
}

/** The files and folders of the repository that a document names, from the root. */
function pathsOf(text: string): string[] {
  const quoted = [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, code]) => code!.split(' '));
  return quoted.filter((word) => /^(src|workers|test|scripts|docs|recipes)\/[\w./-]*$/.test(word));
}

test.each(DOCUMENTS)('%s: every link, and every file it names, exists', (path) => {
  const text = read(path);
  expect(linksOf(text).filter((link) => !existsSync(join(dirname(path), link)))).toEqual([]);
  expect(pathsOf(text).filter((file) => !existsSync(file))).toEqual([]);
});

test.each(DOCUMENTS)('%s: lines are wrapped, words are plain English', (path) => {
  const lines = read(path).split('\n');
  expect(lines.filter((line) => line.length > 130 && !/^\||\]\(/.test(line))).toEqual([]);
  expect(lines.filter((line) => DIALECT.test(line) || IN_DOCUMENTS.test(line))).toEqual([]);
});

test('comments, messages and names of code and tests are plain English', () => {
  const listed = execFileSync('git', ['ls-files', 'src', 'workers', 'scripts', 'test'], { encoding: 'utf8' });
  const code = listed
    .split('\n')
    .filter((path) => /\.(ts|js|svelte|sh|css)$/.test(path) && !path.endsWith('documents.test.ts'));
  expect(code.length).toBeGreaterThan(500);
  const lines = code.flatMap((path) =>
    read(path)
      .split('\n')
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(lines.filter((line) => DIALECT.test(line))).toEqual([]);
});

test('every decision and guide is linked from another document', () => {
  const linked = new Set(DOCUMENTS.flatMap((path) => linksOf(read(path)).map((link) => join(dirname(path), link))));
  expect(DOCUMENTS.filter((path) => path.startsWith('docs/') && !linked.has(path))).toEqual([]);
});

const PURE = ['core', 'cluster', 'evaluate', 'classify', 'weights/formats', 'train/config'];
const nameOf = (folder: string): string => folder.replace(/^src\//, '');

/** CONTRIBUTING's table of the layout: for each folder, those that it may import. */
function layout(): Map<string, ReadonlySet<string>> {
  const rows = [...read('CONTRIBUTING.md').matchAll(/^\| `(src\/[\w/]+|workers)` +\|[^|]*\|([^|]*)\|$/gm)];
  const above: string[] = [];
  return new Map(
    rows.map(([, folder, cell]) => {
      const words = cell!.split(',').map((word) => word.trim());
      const may = words.flatMap((word) => {
        if (word === 'the pure tier') return PURE;
        if (word === 'everything above') return [...above, ...PURE];
        return word === 'nothing' ? [] : [word];
      });
      above.push(nameOf(folder!));
      return [folder!, new Set(may)] as const;
    }),
  );
}

test('CONTRIBUTING’s table of the layout is what lint enforces', () => {
  const table = layout();
  const folders = [...table.keys(), 'src/train/config'];
  expect(table.size).toBeGreaterThan(15);
  for (const [folder, may] of table)
    for (const target of folders.filter((other) => other !== folder)) {
      const up = '../'.repeat(folder.split('/').length);
      const allowed = importProblem(`${folder}/file.ts`, `${up}${target}/other`) === null;
      const listed = [...may, nameOf(folder)].some(
        (name) => nameOf(target) === name || nameOf(target).startsWith(`${name}/`),
      );
      expect(`${folder} → ${target}: ${allowed}`).toBe(`${folder} → ${target}: ${listed}`);
    }
});
