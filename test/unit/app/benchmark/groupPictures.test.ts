import { expect, test } from 'vitest';
import { embedGroups, groupPictures } from '../../../../src/app/benchmark/groupPictures';
import { FaceError } from '../../../../src/core/errors';

const placed = (path: string) => ({ path, file: new File([], path) });
const picture = (name: string) => ({ group: name.split('/')[0]!, name, file: new File([], name) });
const NO_COHORT = { cohort: null };

test('each picture belongs to the first folder below the chosen one, in the order of the command; loose ones are named', () => {
  const files = [
    'b/2.jpg',
    'b/1/9.jpg',
    'loose.jpg',
    'a/z.jpg',
    'A /y.heic',
    'a/.hidden.jpg',
    'a/notes.txt',
    'b/10.jpg',
  ];
  const { pictures, loose, notes } = groupPictures(files.map(placed));
  expect(pictures.map(({ group, name }) => [group, name])).toEqual([
    ['A', 'A /y.heic'],
    ['A', 'a/z.jpg'],
    ['b', 'b/1/9.jpg'],
    ['b', 'b/10.jpg'],
    ['b', 'b/2.jpg'],
  ]);
  expect(loose).toEqual(['loose.jpg']);
  expect(notes).toEqual([expect.stringMatching(/^“A” is written in 2 ways .*: they are one group\.$/)]);
});

test('a picture without a face, one that cannot be read and one that crashes the worker are named; the others are embedded', async () => {
  const reported: string[] = [];
  const answers: Readonly<Record<string, () => unknown>> = {
    'a/1.jpg': () => ({ faces: [{ embedding: { vector: Float32Array.of(1, 0) } }] }),
    'a/2.jpg': () => ({ faces: [] }),
    'a/3.jpg': () => {
      throw new FaceError('image/unreadable', { name: 'a/3.jpg' });
    },
    'b/4.jpg': () => {
      throw new FaceError('worker/crashed');
    },
    'b/5.jpg': () => ({ faces: [{ embedding: { vector: Float32Array.of(0, 1) } }] }),
  };
  const call = (_: string, { name }: { name: string }) => Promise.resolve().then(() => answers[name]!());
  const { faces, failed } = await embedGroups(Object.keys(answers).map(picture), NO_COHORT, {
    client: { call } as never,
    signal: new AbortController().signal,
    onProgress: (progress) => reported.push(`${progress?.done} of ${progress?.total}`),
  });
  expect(faces.map(({ group, name, vector, scale }) => [group, name, [...Array.from(vector)], scale])).toEqual([
    ['a', 'a/1.jpg', [1, 0], 1],
    ['b', 'b/5.jpg', [0, 1], 1],
  ]);
  expect(failed.map(({ picture: name, error }) => [name, error.code])).toEqual([
    ['a/2.jpg', 'harness/no-face'],
    ['a/3.jpg', 'image/unreadable'],
    ['b/4.jpg', 'worker/crashed'],
  ]);
  expect(reported).toEqual(['0 of 5', '1 of 5', '2 of 5', '3 of 5', '4 of 5']);
});

test('an abort ends it at the next picture, and so does what is wrong with the model', async () => {
  const abort = new AbortController();
  const asked: string[] = [];
  const call = (_: string, { name }: { name: string }) => {
    asked.push(name);
    abort.abort();
    return Promise.resolve({ faces: [] });
  };
  const run = { client: { call } as never, onProgress: () => undefined };
  const pictures = ['a/1.jpg', 'a/2.jpg'].map(picture);
  await expect(embedGroups(pictures, NO_COHORT, { ...run, signal: abort.signal })).rejects.toThrow(
    new FaceError('aborted').message,
  );
  expect(asked).toEqual(['a/1.jpg']);
  const failing = { call: () => Promise.reject(new FaceError('backend/not-started')) } as never;
  await expect(
    embedGroups(pictures, NO_COHORT, { ...run, client: failing, signal: new AbortController().signal }),
  ).rejects.toMatchObject({ code: 'backend/not-started' });
});
