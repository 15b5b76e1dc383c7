import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { firstLoad, sizes } from '../../../scripts/size.js';

const HTML = `<link rel="icon" href="./icon.svg"><script type="module" crossorigin src="./assets/app.js"></script>
  <link rel="modulepreload" crossorigin href="./assets/more.js"><link rel="stylesheet" href="assets/app.css">
  <link rel="manifest" href="./manifest.webmanifest">`;

it('the first load is what the page names of scripts and styles', () => {
  expect(firstLoad(HTML)).toEqual(['assets/app.js', 'assets/more.js', 'assets/app.css']);
});

it('sizes are gzipped, of the first load and of all files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'facenet-web-size-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = { 'index.html': HTML, 'icon.svg': '<svg/>' };
  const assets = { 'app.js': 'a'.repeat(5000), 'more.js': 'b'.repeat(3000), 'app.css': 'c', 'later.js': 'd' };
  mkdirSync(join(folder, 'assets'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  for (const [name, text] of Object.entries(assets)) writeFileSync(join(folder, 'assets', name), text);
  const zipped = (texts: readonly string[]) =>
    texts.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0);
  const first = [assets['app.js'], assets['more.js'], assets['app.css']];
  expect(sizes(folder)).toMatchObject([
    { what: 'first load', bytes: zipped(first) },
    { what: 'whole build', bytes: zipped([...Object.values(files), ...Object.values(assets)]) },
  ]);
});
