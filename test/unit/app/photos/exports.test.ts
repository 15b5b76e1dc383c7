import { unzipSync, strFromU8 } from 'fflate';
import { expect, test } from 'vitest';
import type { People } from '../../../../src/app/people/people.svelte';
import { embeddingsZip, facesCsv, titlesOf } from '../../../../src/app/photos/exports';
import { readNpy } from '../../../../src/weights/formats/npy';

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

test('embeddings of the model in use go into a NumPy file, a row a face, with whose each is', async () => {
  const rows = { a: Float32Array.of(1, 2), b: Float32Array.of(3, 4), other: Float32Array.of(5, 6) };
  const faces = Object.keys(rows).map((id) => ({ id, photoId: 'p', personId: id === 'a' ? 'x' : null, group: null }));
  const embeddings = Object.entries(rows).map(
    ([id, vector]) => [id, { vector, modelId: id === 'other' ? 'old' : 'm' }] as const,
  );
  const parts = {
    library: {
      faces,
      groups: [{ key: 'x', personId: 'x', faces: [] }],
      photoById: new Map([['p', { path: 'a.jpg' }]]),
      store: { embeddings: () => Promise.resolve(new Map(embeddings)) },
    },
    people: { nameOf: () => 'Ada' },
  } as unknown as Parameters<typeof embeddingsZip>[0];
  const zip = unzipSync(new Uint8Array(await (await embeddingsZip(parts, 'm')).arrayBuffer()));
  expect(readNpy(zip['embeddings.npy']!, 'embeddings.npy')).toEqual({
    shape: [2, 2],
    data: Float32Array.of(1, 2, 3, 4),
  });
  expect(strFromU8(zip['labels.txt']!)).toBe('Ada\ta.jpg\n\ta.jpg\n');
});
