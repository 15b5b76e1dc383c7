import { expect, test } from 'vitest';
import { folderTitles, sameFolder } from '../../../../src/app/photos/sameFolder';
import { SourceReport } from '../../../../src/app/photos/sourceReport';
import type { PhotoSource } from '../../../../src/app/photos/sources';
import { sha256 } from '../../../../src/core/sha256';
import type { PhotoFolder, PhotoRecord } from '../../../../src/store/photoSchema';

type Files = Readonly<Record<string, string>>;

function folder(id: string, name = 'DCIM', more: Partial<PhotoFolder> = {}): PhotoFolder {
  return { id, name, kind: 'given', turned: false, unfinished: false, createdAt: 0, ...more };
}
function records(folderId: string, files: Files, modified = 1): Promise<PhotoRecord[]> {
  return Promise.all(
    Object.entries(files).map(async ([path, content]) => ({
      id: `${folderId}/${path}`,
      folderId,
      path,
      size: content.length,
      modified,
      sha256: await sha256(new TextEncoder().encode(content)),
      takenAt: 1,
      width: 1,
      height: 1,
      lookedTurned: false,
      error: null,
    })),
  );
}
function source(files: Files, { name = 'DCIM', modified = 1, zip = false } = {}): PhotoSource & { read: number } {
  const given = {
    name,
    total: zip ? null : Object.keys(files).length,
    read: 0,
    report: () => new SourceReport().result(),
    async *pictures() {
      for (const [path, content] of Object.entries(files))
        yield {
          path,
          size: content.length,
          modified,
          read: async () => (given.read++, new Blob([content])),
        };
    },
  };
  return given;
}
const CARD = { '100/1.jpg': 'ada', '100/2.jpg': 'bobo' };

test.each([
  ['the same files', CARD, 1, true],
  ['the same files, touched', CARD, 9, true],
  ['one of two edited', { ...CARD, '100/2.jpg': 'bo cropped' }, 9, true],
  ['moved and renamed', { 'x/1.jpg': 'ada', 'y/9.jpg': 'bobo' }, 9, true],
  ['grown', { ...CARD, '100/3.jpg': 'cy', '100/4.jpg': 'dora' }, 1, true],
  ['only a part of it', { '100/1.jpg': 'ada' }, 9, true],
  ['another card with the same names and other sizes', { '100/1.jpg': 'x', '100/2.jpg': 'y' }, 1, false],
  ['another card with the same names and sizes', { '100/1.jpg': 'eve', '100/2.jpg': 'dora' }, 9, false],
  ['another one with one picture in common', { '100/1.jpg': 'ada', a: 'f', b: 'gg', c: 'hh' }, 9, true],
])('%s, given under the same name: the same source is %3$s', async (_, files, modified, same) => {
  const found = await sameFolder([folder('f')], await records('f', CARD), source(files, { modified }));
  expect(found?.id ?? null).toBe(same ? 'f' : null);
});

test('a picture that opens and cannot be read to its end says nothing, and the folder is known by the others', async () => {
  const given = source({ ...CARD, '100/3.jpg': 'eve' }, { modified: 9 });
  const { pictures } = given;
  given.pictures = async function* () {
    for await (const picture of pictures()) {
      const isDamaged = { arrayBuffer: () => Promise.reject(new DOMException('no', 'NotReadableError')) };
      const read = async () => Object.assign(await picture.read(), picture.path === '100/3.jpg' && isDamaged);
      yield { ...picture, read };
    }
  };
  expect((await sameFolder([folder('f')], await records('f', CARD), given))?.id).toBe('f');
});

test('one picture of many in common does not make another folder the known one, so that nothing of it is replaced', async () => {
  const many = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`${i}.jpg`, `picture ${i}`]));
  const known = await records('f', many);
  expect(await sameFolder([folder('f')], known, source({ '0.jpg': 'picture 0', '1.jpg': 'other' }))).toBeNull();
});

test('of several of one name it is the one with most in common', async () => {
  const known = [...(await records('f', CARD)), ...(await records('g', { '100/1.jpg': 'eve', '100/2.jpg': 'dora' }))];
  const again = source({ '100/1.jpg': 'eve', '100/2.jpg': 'dora' }, { modified: 5 });
  expect((await sameFolder([folder('f'), folder('g')], known, again))?.id).toBe('g');
});

test('a zip downloaded again is the known one; another of its name is not', async () => {
  const known = await records('z', CARD);
  const zip = { name: 'photos.zip', modified: 9, zip: true };
  expect((await sameFolder([folder('z', 'photos.zip')], known, source(CARD, zip)))?.id).toBe('z');
  expect(await sameFolder([folder('z', 'photos.zip')], known, source({ '100/1.jpg': 'eve' }, zip))).toBeNull();
});

test('a folder that the browser reads by itself is the one of the same handle only, whatever is in it', async () => {
  const handle = (of: unknown) => ({ of, isSameEntry: async (other: { of: unknown }) => other.of === of });
  const [a, b] = [handle(1), handle(2)] as unknown as FileSystemDirectoryHandle[];
  const folders = [folder('f', 'DCIM', { kind: 'handle', handle: a! })];
  const known = await records('f', CARD);
  expect(await sameFolder(folders, known, source(CARD), b)).toBeNull();
  expect((await sameFolder(folders, known, source({ new: 'picture' }), a))?.id).toBe('f');
  // Restored from a backup it has none: its content says it.
  expect((await sameFolder([folder('f')], known, source(CARD), a))?.id).toBe('f');
});

test('of a large folder only a sample is read', async () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${i}.jpg`, `picture ${1000 + i}`]));
  const again = source(many, { modified: 9 });
  expect((await sameFolder([folder('f')], await records('f', many), again))?.id).toBe('f');
  expect(again.read).toBeLessThanOrEqual(33);
});

test('folders of one name are numbered', () => {
  expect([...folderTitles([folder('a'), folder('b', 'x'), folder('c')]).values()]).toEqual(['DCIM', 'x', 'DCIM (2)']);
});
