import { expect, test } from 'vitest';
import { folderNotes } from '../../../../src/app/photos/folderNotes';
import type { FolderReport } from '../../../../src/store/photoSchema';

const NOTHING: FolderReport = {
  problem: null,
  skipped: [],
  skippedTotal: 0,
  places: 0,
  kinds: {},
  system: 0,
  others: {},
};

test.each<[string, Partial<FolderReport>, number, string[]]>([
  ['a folder of pictures', { others: { txt: 9 } }, 3, []],
  [
    'one HEIC',
    { kinds: { HEIC: 1 }, skippedTotal: 1 },
    2,
    ['1 picture is HEIC, which this browser cannot read: export it as JPEG.'],
  ],
  [
    'HEIC, TIFF and locked ones',
    { kinds: { HEIC: 1200, TIFF: 1 }, skippedTotal: 1203 },
    2,
    [
      '1,200 pictures are HEIC, which this browser cannot read: export them as JPEG.',
      '1 picture is TIFF, which this browser cannot read: export it as JPEG.',
      '2 more could not be read: see the list below.',
    ],
  ],
  ['thumbnails', { system: 1 }, 1, ['1 thumbnail, deleted or hidden picture left out.']],
  ['a text file', { others: { txt: 1 } }, 0, ['It holds no picture that can be read: 1 .txt file.']],
  [
    'many kinds',
    { others: { txt: 1, '': 3, mp4: 2, a: 1, b: 1 } },
    0,
    ['It holds no picture that can be read: 3 files without an ending, 2 .mp4 files, 1 .txt file, 1 .a file, others.'],
  ],
  ['nothing', {}, 0, ['It holds no picture that can be read.']],
])('of %s', (_, report, pictures, expected) => {
  expect(folderNotes({ ...NOTHING, ...report }, pictures)).toEqual(expected);
});
