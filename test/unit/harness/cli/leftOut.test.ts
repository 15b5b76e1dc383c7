import { expect, test } from 'vitest';
import { FaceError } from '../../../../src/core/errors';
import { unreadableError } from '../../../../src/core/pictureFiles';
import { leftOutLines, lyingLine, mayLieLine } from '../../../../src/harness/cli/leftOut';

test('what was left out is counted and named by its reason', () => {
  const cut = (name: string) => new FaceError('image/truncated', { name });
  expect(leftOutLines([])).toEqual([]);
  expect(
    leftOutLines([
      cut('a.jpg'),
      unreadableError('x.heic')!,
      cut('b.jpg'),
      unreadableError('t.tif')!,
      new FaceError('archive/damaged', { name: 'z.jpg', reason: 'its check sum is wrong' }),
      new FaceError('harness/denied', { path: 'lib/lost+found' }),
      ...Array.from({ length: 12 }, (_, i) => new FaceError('image/empty', { name: `${i}.jpg` })),
    ]),
  ).toEqual([
    '2 pictures are cut off: a.jpg, b.jpg',
    expect.stringMatching(/^1 picture is HEIC, which this browser cannot read: x\.heic\. Export it as JPEG/),
    '1 picture is TIFF, which this browser cannot read: t.tif. Export it as JPEG, then add that.',
    '1 picture is damaged in the archive: z.jpg',
    '1 picture or folder may not be read: lib/lost+found',
    '12 pictures are empty: 0.jpg, 1.jpg, 2.jpg, 3.jpg, 4.jpg, 5.jpg, 6.jpg, 7.jpg, 8.jpg, 9.jpg and 2 more',
  ]);
});

test('pictures with a lying face are named, with what to do', () => {
  expect(lyingLine([])).toBeNull();
  expect(lyingLine(['a.jpg'])).toBe(
    '1 picture shows a face that lies on its side or upside down, by which nobody is known well: a.jpg. Turn it upright, or use --turned where the command has it.',
  );
  expect(lyingLine(Array.from({ length: 11 }, (_, i) => `${i}`))).toMatch(
    /^11 pictures show a face .*: 0, 1, .*, 9 and 1 more\. Turn them upright/,
  );
});

test('pictures without a sure face are named, with what to try', () => {
  expect(mayLieLine([])).toBeNull();
  expect(mayLieLine(['a.jpg', 'b.jpg'])).toBe(
    '2 pictures show no face surely: a.jpg, b.jpg. If somebody lies on their side or upside down there, use --turned where the command has it.',
  );
});
