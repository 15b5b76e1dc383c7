import { unzipSync, strFromU8 } from 'fflate';
import { expect, test, vi } from 'vitest';
import { NamePool, safeName } from '../../../../src/app/photos/safeNames';
import { sortedFolder, sortedZip, type SortOptions } from '../../../../src/app/photos/sortedPictures';
import { SourceReport } from '../../../../src/app/photos/sourceReport';

test.each([
  ['Ada <Lovelace>', 'Ada _Lovelace_'],
  ['a/b\\c', 'a_b_c'],
  ['dots...', 'dots'],
  ['..', '_'],
  ['', '_'],
  ['CON', '_CON'],
  ['nul.jpg', '_nul.jpg'],
  ['CON .jpg', '_CON .jpg'],
  ['COM¹', '_COM¹'],
  ['CONIN$', '_CONIN$'],
  ['Connie', 'Connie'],
  ['\u202eAda', '_Ada'],
  ['A\u007fd\u0085a', 'A_d_a'],
  ['Zoe\u0308', 'Zo\u00eb'],
  ['x.lnk', 'x_lnk'],
  ['x.LOCAL', 'x_LOCAL'],
  [`${'n'.repeat(3000)}.jpg`, `${'n'.repeat(236)}.jpg`],
  ['ü'.repeat(200), 'ü'.repeat(120)], // two bytes a letter
  [`${'n'.repeat(238)}. n${'n'.repeat(90)}`, 'n'.repeat(238)],
  ['🙂'.repeat(100), '🙂'.repeat(60)],
])('%j as a name is %j', (name, expected) => {
  expect(safeName(name)).toBe(expected);
});

test('names that are one on some system are numbered', () => {
  const pool = new NamePool(['People']);
  expect(['people', '?', '*', 'Dr. X', 'dr. x'].map((title) => pool.folder(title))).toEqual([
    'people (2)',
    '_',
    '_ (2)',
    'Dr. X',
    'dr. x (2)',
  ]);
  const files = new NamePool();
  expect(['IMG.jpg', 'img.JPG', 'Zo\u00eb.jpg', 'Zoe\u0308.jpg'].map((name) => files.file(name))).toEqual([
    'IMG.jpg',
    'img (2).JPG',
    'Zo\u00eb.jpg',
    'Zo\u00eb (2).jpg',
  ]);
});

/** People and groups without a name, each with the pictures of those paths. */
function partsOf(content: readonly { readonly name: string | null; readonly paths: readonly string[] }[]) {
  const groups = content.map(({ name, paths }, i) => ({
    key: `k${i}`,
    personId: name === null ? null : `k${i}`,
    faces: paths.map((path) => ({ photoId: `f/${path}` })),
  }));
  const paths = [...new Set(content.flatMap((each) => each.paths))];
  const photos = paths.map((path) => ({ id: `f/${path}`, folderId: 'f', path, size: path.length }));
  const people = { nameOf: (id: string | null) => (id === null ? null : content[Number(id.slice(1))]!.name) };
  const library = { groups, photos, folders: [{ id: 'f', name: 'f' }] };
  return { library, people } as unknown as Parameters<typeof sortedZip>[0];
}
function optionsOf(paths: readonly string[], unreadable: readonly string[] = []): SortOptions {
  const source = {
    name: 'f',
    total: paths.length,
    report: () => new SourceReport().result(),
    async *pictures() {
      for (const path of paths)
        yield {
          path,
          size: 1,
          modified: 1,
          read: async () => {
            if (unreadable.includes(path)) throw new DOMException('no', 'NotReadableError');
            const isDamaged = () => Promise.reject(new DOMException('no', 'NotReadableError'));
            return Object.assign(new Blob([path]), path.startsWith('damaged') && { arrayBuffer: isDamaged });
          },
        };
    },
  };
  return { sources: new Map([['f', source]]), signal: new AbortController().signal, onProgress: () => undefined };
}
async function packed(parts: Parameters<typeof sortedZip>[0], options: SortOptions) {
  const { zip, ...rest } = await sortedZip(parts, options);
  const entries = Object.entries(unzipSync(new Uint8Array(await zip.arrayBuffer())));
  return { entries: Object.fromEntries(entries.map(([name, bytes]) => [name, strFromU8(bytes)])), ...rest };
}

test('every person and group has a folder of their own, every picture a file of its own', async () => {
  const parts = partsOf([
    { name: '?', paths: ['a.jpg'] },
    { name: '*', paths: ['b.jpg'] },
    { name: 'Jo/Ann', paths: ['x/IMG.jpg', 'y/img.JPG', 'z/IMG.jpg'] },
    { name: 'Jo:Ann', paths: ['a.jpg'] },
    { name: 'Unnamed 1', paths: ['c.jpg'] },
    { name: null, paths: ['d.jpg'] },
  ]);
  const { entries } = await packed(
    parts,
    optionsOf(['a.jpg', 'b.jpg', 'x/IMG.jpg', 'y/img.JPG', 'z/IMG.jpg', 'c.jpg', 'd.jpg']),
  );
  expect(entries).toEqual({
    '_/a.jpg': 'a.jpg',
    '_ (2)/b.jpg': 'b.jpg',
    'Jo_Ann/IMG.jpg': 'x/IMG.jpg',
    'Jo_Ann/img (2).JPG': 'y/img.JPG',
    'Jo_Ann/IMG (3).jpg': 'z/IMG.jpg',
    'Jo_Ann (2)/a.jpg': 'a.jpg',
    'Unnamed 1/c.jpg': 'c.jpg',
    'Unnamed 2/d.jpg': 'd.jpg',
  });
});

test('a picture that is unreadable or not at hand is reported; the others are there', async () => {
  const parts = partsOf([{ name: 'Ada', paths: ['a.jpg', 'damaged.jpg', 'b.jpg', 'c.jpg'] }]);
  const { entries, left, failed } = await packed(parts, optionsOf(['a.jpg', 'damaged.jpg', 'b.jpg'], ['a.jpg']));
  expect(Object.keys(entries)).toEqual(['Ada/b.jpg']);
  expect([left, failed]).toEqual([1, ['a.jpg', 'damaged.jpg']]);
});

test('in a folder: nothing there is overwritten, and a name that the browser refuses costs that picture alone', async () => {
  const written: string[] = [];
  const folder = (path: string): unknown => ({
    name: path.split('/').at(-1),
    async *entries() {
      yield ['PEOPLE', {}];
    },
    async getDirectoryHandle(name: string) {
      if (name === 'Refused') throw new TypeError('Name is not allowed.');
      return folder(`${path}/${name}`);
    },
    getFileHandle: async (name: string) => ({
      createWritable: async () => ({ write: async () => void written.push(`${path}/${name}`), close: async () => {} }),
    }),
  });
  const parts = partsOf([
    { name: 'Refused', paths: ['a.jpg'] },
    { name: 'Ada', paths: ['a.jpg', 'b.jpg'] },
  ]);
  const into = folder('into') as FileSystemDirectoryHandle;
  const sorted = await sortedFolder(parts, into, optionsOf(['a.jpg', 'b.jpg']));
  expect(written).toEqual(['into/people (2)/Ada/a.jpg', 'into/people (2)/Ada/b.jpg']);
  expect(sorted).toEqual({ name: 'people (2)', left: 0, failed: ['a.jpg'] });
});

test.each([
  ['more than 4 GB', 3, 2e9],
  ['more than 65,535 pictures', 70_000, 1000],
])('%s do not become a zip whose numbers are cut off', async (_, count, size) => {
  const faces = Array.from({ length: count }, (_, i) => ({ photoId: `f/${i}.jpg` }));
  const parts = {
    library: {
      folders: [],
      groups: [{ key: 'x', personId: 'x', faces }],
      photos: faces.map(({ photoId }) => ({ id: photoId, folderId: 'f', path: photoId.slice(2), size })),
    },
    people: { nameOf: () => 'Ada' },
  } as unknown as Parameters<typeof sortedZip>[0];
  const pictures = vi.fn(async function* () {});
  const sources = new Map([['f', { name: 'f', total: count, pictures, report: () => new SourceReport().result() }]]);
  const options = { sources, signal: new AbortController().signal, onProgress: () => undefined };
  await expect(sortedZip(parts, options)).rejects.toThrow(/a zip holds 65,535 and 4 GB at most/);
  expect(pictures).not.toHaveBeenCalled();
});
