import { readFileSync } from 'node:fs';
import { strToU8 } from 'fflate';
import { describe, expect, test } from 'vitest';
import { droppedParts, notAdded } from '../../../../src/app/shell/dropped';
import {
  numbered,
  sourceOfEntry,
  sourceOfFiles,
  sourceOfHandle,
  sourceOfPaths,
  type PhotoSource,
} from '../../../../src/app/photos/sources';
import { sourceOfZip } from '../../../../src/app/photos/zipSource';
import { caseFile, testCase } from '../../../fixtures/cases';
import { dosDate, makeZip } from '../../../fixtures/zip';

const A = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) % 251);
const zipFile = (bytes: Uint8Array<ArrayBuffer>, name = 'all.zip') => new File([bytes], name, { lastModified: 7 });
async function pathsOf(source: PhotoSource): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of source.pictures()) paths.push(path);
  return paths;
}
const textOf = async (source: PhotoSource) => {
  const texts: string[] = [];
  for await (const picture of source.pictures()) texts.push(await (await picture.read()).text());
  return texts;
};

describe('a zip', () => {
  test('gives its pictures with their own dates, and names all that it does not give', async () => {
    const zip = makeZip([
      { name: 'x/a.jpg', data: A, dos: dosDate(2019, 1, 25, 8) },
      { name: 'x/b.jpg', data: A, method: 9 },
      { name: 'x/c.png', data: A, flags: 1 },
      { name: 'x/d.HEIC', data: A },
      { name: 'inner.zip', data: A },
      { name: '__MACOSX/x/._a.jpg', data: A },
      { name: 'notes.txt', data: A },
      { name: 'x/a.jpg', data: strToU8('another'), dos: 0 },
    ]);
    const source = await sourceOfZip(zipFile(zip));
    expect(source.total).toBe(2);
    const found: unknown[] = [];
    for await (const { path, size, modified } of source.pictures()) found.push([path, size, modified]);
    expect(found).toEqual([
      ['x/a.jpg', 5000, new Date(2019, 0, 25, 8).getTime()],
      ['x/a (2).jpg', 7, 7],
    ]);
    expect((await textOf(source))[1]).toBe('another');
    const { skipped, ...counts } = source.report();
    expect(counts).toEqual({
      problem: null,
      skippedTotal: 4,
      places: 1,
      kinds: { HEIC: 1 },
      system: 1,
      others: { zip: 1, txt: 1 },
    });
    expect(skipped.join('\n')).toMatch(
      /x\/b\.jpg is packed .*Deflate64[^]*x\/c\.png is locked with a password[^]*x\/d\.HEIC is a HEIC picture[^]*inner\.zip is an archive inside/,
    );
  });

  test('whose picture is damaged gives the others, and the damage when it is read', async () => {
    const source = await sourceOfZip(
      zipFile(
        makeZip([
          { name: 'b.jpg', data: A, crc: 1 },
          { name: 'a.jpg', data: strToU8('a') },
        ]),
      ),
    );
    const texts: string[] = [];
    for await (const picture of source.pictures())
      texts.push(
        await picture.read().then(
          (blob) => blob.text(),
          (thrown: unknown) => String(thrown),
        ),
      );
    expect(texts).toEqual(['FaceError: b.jpg is damaged in the archive: its check sum is wrong.', 'a']);
  });

  test('that is cut off gives what lies before, and says that this was taken', async () => {
    const zip = makeZip([
      { name: 'a.jpg', data: A, method: 0 },
      { name: 'b.jpg', data: A, method: 0 },
    ]);
    const source = await sourceOfZip(zipFile(zip.slice(0, 8000)));
    expect(await pathsOf(source)).toEqual(['a.jpg']);
    expect(source.report().problem).toMatch(
      /^all\.zip is cut off or damaged: the one picture before that place has been taken\./,
    );
    await expect(sourceOfZip(zipFile(zip.slice(0, 3000)))).rejects.toThrow(
      'all.zip is cut off or damaged: no picture could be taken.',
    );
  });

  test('that is none is refused before anything is kept of it', async () => {
    await expect(sourceOfZip(new File(['no archive'], 'all.zip'))).rejects.toThrow(
      'all.zip cannot be read as a zip archive.',
    );
  });

  const opened = (name: string, file: string) =>
    sourceOfZip(zipFile(new Uint8Array(readFileSync(caseFile(name, file)))));
  testCase('zip-deflate64')('in part of Deflate64 gives the others', async () => {
    const source = await opened('zip-deflate64', 'd64.zip');
    expect(await pathsOf(source)).toEqual(['sa.jpg', 'sc.jpg']);
    expect(source.report().skipped).toEqual([expect.stringMatching(/^small\.bmp is packed in a way \(Deflate64\)/)]);
  });
  testCase('zip-password')('in part with a password gives the others', async () => {
    const source = await opened('zip-password', 'enc.zip');
    expect(await pathsOf(source)).toEqual(['small.bmp']);
    expect(source.report().skipped.map((text) => text.slice(0, 35))).toEqual([
      'sa.jpg is locked with a password: u',
      'sc.jpg is locked with a password: u',
    ]);
  });
  testCase('zip-without-pictures')('without pictures says of what its files are', async () => {
    expect((await opened('zip-without-pictures', 'onlytxt.zip')).report().others).toEqual({ txt: 1 });
  });
  testCase('zip-utf8-without-flag')('of Apple’s has its names', async () => {
    expect(await pathsOf(await opened('zip-utf8-without-flag', 'paques.zip'))).toEqual(['Pâques/1.jpg']);
  });
  testCase('zip-entry-dates')('gives its entries’ days', async () => {
    const days: string[] = [];
    for await (const { modified } of (await opened('zip-entry-dates', 'old.zip')).pictures())
      days.push(new Date(modified).toDateString());
    expect(days.sort()).toEqual(['Fri Jan 25 2019', 'Sat Jan 26 2019', 'Sun Jan 27 2019']);
  });
});

/** As the browser gives them: what is dropped. */
type Tree = { [name: string]: Tree | string | Error };
const entryOf = (name: string, content: Tree | string | Error, unreadable = false): FileSystemEntry => {
  if (typeof content === 'string' || content instanceof Error)
    return {
      name,
      isFile: true,
      isDirectory: false,
      file: (resolve: (file: File) => void, reject: (error: Error) => void) =>
        content instanceof Error ? reject(content) : resolve(new File([content], name)),
    } as unknown as FileSystemEntry;
  return {
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => {
      const rest = Object.entries(content).map(([child, inside]) =>
        child.endsWith('!') ? entryOf(child.slice(0, -1), inside, true) : entryOf(child, inside),
      );
      return {
        readEntries: (resolve: (part: FileSystemEntry[]) => void, reject: (error: Error) => void) => {
          if (unreadable) {
            reject(new DOMException('no', 'InvalidModificationError'));
            return;
          }
          resolve(rest.splice(0, 2));
        },
      };
    },
  } as unknown as FileSystemEntry;
};
const folderOf = (tree: Tree) => entryOf('lib', tree) as FileSystemDirectoryEntry;

describe('a dropped folder', () => {
  test('is gone through, thumbnails left out; what cannot be read is named and the others come', async () => {
    const source = await sourceOfEntry(
      folderOf({
        Ada: {
          '1.jpg': 'one',
          '@eaDir': { '1.jpg': { 'SYNOPHOTO_THUMB_XL.jpg': 'x' } },
          '2.jpg': new DOMException('x', 'NotFoundError'),
        },
        'lost!': { 'a.jpg': 'x' },
        'z.jfif': 'two',
      }),
    );
    expect(await pathsOf(source)).toEqual(['Ada/1.jpg', 'z.jfif']);
    expect(await textOf(source)).toEqual(['one', 'two']);
    expect(source.report()).toMatchObject({
      system: 1,
      skippedTotal: 2,
      skipped: [
        'Ada/2.jpg could not be opened: it may not be read, or is no longer there.',
        'The folder lost could not be read: it may not be opened, or is no longer there.',
      ],
    });
  });

  test('with names that are not UTF-8 ends, and counts them', async () => {
    // Chromium gives “” for them, and “” opened is the same folder, again and again.
    const tree: Tree = { 'ok.jpg': 'x' };
    tree[''] = tree;
    const source = await sourceOfEntry(folderOf(tree));
    expect(await pathsOf(source)).toEqual(['ok.jpg']);
    expect(source.report().skipped).toEqual([
      'lib holds 1 folder with a name that this browser cannot read (it is not UTF-8). Rename that, then add the folder again.',
    ]);
    const files = await sourceOfEntry(folderOf({ sub: { '': 'x' } }));
    expect(files.report().skipped).toEqual([expect.stringMatching(/^sub holds 1 file with a name/)]);
  });

  test('that holds itself under another name ends', async () => {
    const tree: Tree = { 'ok.jpg': 'x' };
    tree['again'] = tree;
    const source = await sourceOfEntry(folderOf(tree));
    expect((await pathsOf(source)).length).toBeLessThan(100);
    expect(source.report().skipped).toEqual([expect.stringContaining('more than 64 folders deep')]);
  });

  test('that cannot be read itself is named', async () => {
    await expect(sourceOfEntry(entryOf('lib', {}, true) as FileSystemDirectoryEntry)).rejects.toThrow(
      'The folder lib could not be read',
    );
  });
});

/** A folder as `showDirectoryPicker` gives it. */
function handleOf(name: string, tree: Tree): FileSystemDirectoryHandle {
  return {
    kind: 'directory',
    name,
    async *entries() {
      for (const [child, content] of Object.entries(tree)) {
        await Promise.resolve();
        if (content instanceof Error && !child.includes('.')) {
          const broken = {
            kind: 'directory',
            name: child,
            entries: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(content) }) }),
          };
          yield [child, broken];
        } else if (typeof content === 'string' || content instanceof Error) {
          const getFile = () =>
            content instanceof Error ? Promise.reject(content) : Promise.resolve(new File([content], child));
          yield [child, { kind: 'file', name: child, getFile }];
        } else yield [child, handleOf(child, content)];
      }
    },
  } as unknown as FileSystemDirectoryHandle;
}

test('a folder that the browser reads itself: unreadable folders and pictures are named, once, the others come', async () => {
  const source = await sourceOfHandle(
    handleOf('lib', {
      'a.jpg': 'one',
      'gone.jpg': new DOMException('x', 'NotFoundError'),
      secret: new DOMException('x', 'NotFoundError'),
      sub: { 'b.heic': 'x', 'b.png': 'two' },
    }),
  );
  expect(await textOf(source)).toEqual(['one', 'two']);
  await pathsOf(source); // an export goes through it again
  expect(source.report()).toMatchObject({ skippedTotal: 3, kinds: { HEIC: 1 } });
  expect(source.report().skipped.map((text) => text.split(' ').slice(0, 3).join(' '))).toEqual([
    'The folder secret',
    'sub/b.heic is a',
    'gone.jpg could not',
  ]);
});

test('a folder of an input: kinds that browsers do not read are named with what to do', async () => {
  const files = ['lib/ok.jpg', 'lib/x.heic', 'lib/y/z.jfif', 'lib/t.tif', 'lib/readme.md'].map((path) => {
    const file = new File(['x'], path.split('/').at(-1)!);
    return Object.defineProperty(file, 'webkitRelativePath', { value: path });
  });
  const source = sourceOfFiles(files);
  expect([source.name, await pathsOf(source)]).toEqual(['lib', ['ok.jpg', 'y/z.jfif']]);
  expect(source.report()).toMatchObject({ kinds: { HEIC: 1, TIFF: 1 }, others: { md: 1 }, skippedTotal: 2 });
  expect(source.report().skipped[0]).toMatch(
    /^x\.heic is a HEIC picture, which this browser cannot read\. Export it as JPEG/,
  );
});

test('a picture that may not be read says so by its name', async () => {
  const file = new File(['x'], 'a.jpg');
  Object.defineProperty(file, 'slice', {
    value: () => ({ arrayBuffer: () => Promise.reject(new DOMException('x', 'NotReadableError')) }),
  });
  for await (const picture of sourceOfPaths('Single', [['a.jpg', file]]).pictures())
    await expect(picture.read()).rejects.toThrow('a.jpg could not be opened: it may not be read');
});

describe('what is dropped', () => {
  const drop = (...items: (FileSystemEntry | File)[]) =>
    droppedParts({
      items: items.map((item) => ({
        kind: 'file',
        webkitGetAsEntry: () => (item instanceof File ? null : item),
        getAsFile: () => (item instanceof File ? item : null),
      })),
    } as unknown as DataTransfer);

  test('is sorted into folders, zips and pictures; beside a picture the others are for its folder’s report', () => {
    const parts = drop(entryOf('lib', {}), new File([], 'A.ZIP'), new File([], 'a.jpg'), new File([], 'b.heic'));
    expect(parts.folders.map(({ name }) => name)).toEqual(['lib']);
    expect(parts.zips.map(({ name }) => name)).toEqual(['A.ZIP']);
    expect(parts.singles.map(({ name }) => name)).toEqual(['a.jpg', 'b.heic']);
    expect(parts.failures).toEqual([]);
  });

  test('without any picture gets a reason', async () => {
    const { singles, failures } = drop(new File([], 'b.heic'), new File([], 'c.txt'));
    expect(singles).toEqual([]);
    await expect(notAdded(failures.slice(0, 1))).rejects.toThrow(/^b\.heic is a HEIC picture, which/);
    await expect(notAdded(failures)).rejects.toThrow('2 of the dropped items could not be added. b.heic is a HEIC');
    await expect(notAdded(drop(new File([], 'c.txt')).failures)).rejects.toThrow(
      'c.txt is neither a picture nor a zip',
    );
    await expect(notAdded([])).resolves.toBeUndefined();
  });
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
