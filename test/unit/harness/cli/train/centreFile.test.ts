import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filterPictures, readCentreFile } from '../../../../../src/harness/cli/train/centreFile';

const FILES = ['a/1.png', 'a/2.png', 'a/3.png', 'b/1.jpg', 'b/2.jpg', 'c/new.jpg'].map((inside) => ({
  path: `data/${inside}`,
  inside,
}));
const FILE = {
  model: 'some-model',
  pictures: [
    { label: 'a', picture: 'a/1.jpg', distance: 0.2 },
    { label: 'a', picture: 'a/2.jpg', distance: 0.3 },
    { label: 'a', picture: 'a/3.jpg', distance: 0.9 },
    { label: 'b', picture: 'b/1.jpg', distance: 0.4 },
    { label: 'b', picture: 'b/2.jpg', distance: 0.8 },
  ],
};
const names = (filtered: { files: { inside: string }[] }) => filtered.files.map(({ inside }) => inside);

it('pictures far from their centre go, crops of other endings too; what the file does not know stays', () => {
  const filtered = filterPictures(FILES, FILE, { percentile: 60, least: 1 });
  expect(names(filtered)).toEqual(['a/1.png', 'a/2.png', 'b/1.jpg', 'c/new.jpg']);
  expect(filtered).toMatchObject({ far: 2, few: 0, unknown: 1 });
});

it('persons with too few pictures left go as a whole', () => {
  const filtered = filterPictures(FILES, FILE, { percentile: 60, least: 2 });
  expect(names(filtered)).toEqual(['a/1.png', 'a/2.png']);
  expect(filtered).toMatchObject({ far: 2, few: 2, unknown: 1 });
});

it('at the hundredth percentile every picture stays', () => {
  expect(filterPictures(FILES, FILE, { percentile: 100, least: 1 }).files).toHaveLength(FILES.length);
});

it('a file that is missing, cut off or something else is said', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'centres-'));
  try {
    const path = join(folder, 'centres.json');
    await expect(readCentreFile(path)).rejects.toMatchObject({ code: 'harness/no-such-file' });
    for (const [text, reason] of [
      [JSON.stringify(FILE).slice(0, 50), 'cut off'],
      ['{"boxes":[]}', 'not written by'],
      ['{"pictures":[{"picture":"a/1.jpg"}]}', 'not written by'],
    ] as const) {
      writeFileSync(path, text);
      await expect(readCentreFile(path)).rejects.toThrow(reason);
    }
    writeFileSync(path, JSON.stringify(FILE));
    expect(await readCentreFile(path)).toEqual(FILE);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
