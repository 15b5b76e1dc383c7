import { expect, test, vi } from 'vitest';
import type { People } from '../../../../src/app/people/people.svelte';
import { facesCsv, titlesOf } from '../../../../src/app/photos/exports';
import { sortedZip } from '../../../../src/app/photos/sortedPictures';
import { numbered } from '../../../../src/app/photos/sources';
import { SourceReport } from '../../../../src/app/photos/sourceReport';

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

test('files of one name are numbered before their ending', () => {
  expect(['a.b.jpg', 'a'].flatMap((file) => [1, 2, 3].map((n) => numbered(file, n)))).toEqual([
    'a.b.jpg',
    'a.b (2).jpg',
    'a.b (3).jpg',
    'a',
    'a (2)',
    'a (3)',
  ]);
});

test('the list of faces quotes names, none of them is a formula, and dates are local as in the view', async () => {
  const face = {
    photoId: 'p',
    box: { x0: 1, y0: 2, x1: 3, y1: 4 },
    score: 0.5,
    personId: 'x',
    group: null,
    confirmed: true,
  };
  const parts = {
    library: {
      faces: [face],
      groups: [{ key: 'x', personId: 'x', faces: [face] }],
      photoById: new Map([['p', { path: 'a,"b".jpg', takenAt: new Date(2023, 11, 31, 23, 30).getTime() }]]),
    },
    people: { nameOf: () => '=cmd()' },
  } as unknown as Parameters<typeof facesCsv>[0];
  const [, row] = (await facesCsv(parts).text()).split('\r\n');
  expect(row).toBe(`"a,""b"".jpg","2023-12-31 23:30:00","'=cmd()",yes,1.0000,2.0000,3.0000,4.0000,0.5000`);
});

test('a group without a name is never called as a person is', () => {
  const groups = ['a', 'p', 'b', 'c'].map((key) => ({ key, personId: key === 'p' ? key : null, faces: [] }));
  const people = { nameOf: (id: string | null) => (id === 'p' ? 'unnamed\u00a02' : null) } as unknown as People;
  expect([...titlesOf(groups, people)]).toEqual([
    ['a', 'Unnamed 1'],
    ['p', 'unnamed\u00a02'],
    ['b', 'Unnamed 3'],
    ['c', 'Unnamed 4'],
  ]);
});
