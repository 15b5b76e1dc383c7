import { beforeEach, expect, test } from 'vitest';
import { FolderWalk } from '../../../../src/app/photos/folderWalk';
import { PhotoLists } from '../../../../src/app/photos/photoLists.svelte';
import { readFolder } from '../../../../src/app/photos/readFolder';
import { SourceReport } from '../../../../src/app/photos/sourceReport';
import { TabGuard } from '../../../../src/app/photos/tabGuard';
import type { PhotoSource } from '../../../../src/app/photos/sources';
import { FaceError } from '../../../../src/core/errors';
import { sha256 } from '../../../../src/core/sha256';
import type { PhotoFolder, PhotoStore } from '../../../../src/store/photoSchema';
import { openStore } from '../../../../src/store/store';
import { photoFace } from '../../store/photoStoreBehaviour';

/** Content by path; a text is a picture of the people in it, each letter one face: its place and its number say which. */
type Files = Record<string, string>;

let store: PhotoStore;
let lists: PhotoLists;
let looked: string[];
let now: number;
let guard: TabGuard;
/** Content that is gone when the worker reads it, though it was there before. */
let lost: string[];
/** Paths of files that open, and cannot be read to their end. */
let damaged: string[];

beforeEach(async () => {
  store = (await openStore()).photos;
  lists = new PhotoLists(store);
  looked = [];
  now = 1;
  guard = new TabGuard(null, () => true);
  lost = [];
  damaged = [];
});

/** Capital letters are faces seen upright, small ones the same lying: where they are, with other numbers. */
const engine = {
  state: { threshold: 1 },
  ready: async () => ({}),
  client: {
    async call(_: string, { picture, name }: { picture: Blob; name: string }) {
      looked.push(name);
      const text = await picture.text();
      if (lost.includes(text)) throw new FaceError('image/not-opened', { name });
      const faces = Array.from(text).flatMap((letter, i) => {
        if (!/[a-z]/i.test(letter)) return [];
        const { crop, quality, embedding, score } = photoFace(1);
        const vector = Float32Array.of(letter.charCodeAt(0) * 10, 0);
        const box = { x0: 10 * i, y0: 0, x1: 10 * i + 8, y1: 8 };
        return [{ detection: { box, score }, embedding: { ...embedding, vector }, quality, crop }];
      });
      return { width: 10, height: 10, faces };
    },
  },
};

function sourceOf(files: Files, unreadable: readonly string[] = []): PhotoSource {
  const modified = now;
  return {
    name: 'x',
    total: Object.keys(files).length,
    report: () => new SourceReport().result(),
    async *pictures() {
      for (const [path, content] of Object.entries(files)) {
        const read = async () => {
          if (unreadable.includes(path)) throw new DOMException('no', 'NotReadableError');
          const isDamaged = () => Promise.reject(new DOMException('no', 'NotReadableError'));
          return Object.assign(new Blob([content]), damaged.includes(path) && { arrayBuffer: isDamaged });
        };
        yield { path, size: content.length, modified, read };
      }
    },
  };
}

const FOLDER: PhotoFolder = { id: 'f', name: 'x', kind: 'handle', turned: false, unfinished: true, createdAt: 0 };

/** Reads the folder as the library does; all files have been touched since the last time. */
async function pass(files: Files, folder = FOLDER, unreadable: readonly string[] = []) {
  const source = sourceOf(files, unreadable);
  now += 10;
  looked = [];
  await store.putFolder(folder);
  await lists.load();
  const walk = new FolderWalk(folder, lists, engine as never, guard);
  const { signal } = new AbortController();
  for await (const picture of source.pictures()) await walk.visit(picture, signal);
  await walk.settle(source, true, signal);
  return walk.removeGone();
}

/** Says who the faces of a picture are, in order of their places. */
async function name(path: string, ...people: (string | null)[]): Promise<void> {
  const faces = (await store.faces()).filter(({ photoId }) => photoId === `f/${path}`);
  faces.sort((a, b) => a.box.x0 - b.box.x0);
  await store.assign(
    new Map(faces.map(({ id }, i) => [id, { personId: people[i] ?? null, confirmed: true, group: null }])),
  );
}

/** By path what is known of the faces: a person, “nobody” said by the user, or “?”. */
async function said(): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const { id } of await store.photos()) found[id.slice(2)] = [];
  const faces = (await store.faces()).sort((a, b) => a.box.x0 - b.box.x0);
  for (const { photoId, personId, confirmed } of faces)
    found[photoId.slice(2)]!.push(personId ?? (confirmed ? 'nobody' : '?'));
  return found;
}

test('files only touched: nothing is scanned again, names stay, and dates stay the earliest', async () => {
  await pass({ '1.jpg': 'A', '2.jpg': 'B' });
  await name('1.jpg', 'ada');
  await name('2.jpg', null);
  await pass({ '1.jpg': 'A', '2.jpg': 'B' });
  expect(looked).toEqual([]);
  expect(await said()).toEqual({ '1.jpg': ['ada'], '2.jpg': ['nobody'] });
  expect(await store.photos()).toMatchObject([
    { modified: 11, takenAt: 1 },
    { modified: 11, takenAt: 1 },
  ]);
});

/** A tab before this one ended while it decoded a picture of this content. */
async function tabEndedWith(content: string): Promise<void> {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const hash = await sha256(new TextEncoder().encode(content));
  void new TabGuard(storage, () => true).search(hash, () => new Promise(() => {}));
  await new Promise((resolve) => setTimeout(resolve));
  guard = new TabGuard(storage, () => true);
  guard.begin();
}

test('the picture that ended the tab is left out and named, once; the others are scanned', async () => {
  await tabEndedWith('B');
  await pass({ '1.jpg': 'A', '2.jpg': 'B', '3.jpg': 'C' });
  expect(looked).toEqual(['1.jpg', '3.jpg']);
  const left = (await store.photos()).filter(({ error }) => error !== null);
  expect(left).toMatchObject([{ path: '2.jpg', error: { code: 'image/ended-tab' } }]);
  expect(left[0]!.error!.message).toContain('2.jpg was being scanned when the browser closed the tab');
  guard.begin();
  await pass({ '1.jpg': 'A', '2.jpg': 'B', '3.jpg': 'C' });
  expect(looked).toEqual([]);
  // Changed, it is another picture.
  await pass({ '1.jpg': 'A', '2.jpg': 'D', '3.jpg': 'C' });
  expect(looked).toEqual(['2.jpg']);
});

test('a known picture that ended the tab when it was searched on all sides keeps its faces and what was said', async () => {
  await pass({ '1.jpg': 'A', '2.jpg': 'B' });
  await name('1.jpg', 'ada');
  await tabEndedWith('A');
  await pass({ '1.jpg': 'A', '2.jpg': 'B' }, { ...FOLDER, turned: true });
  expect(looked).toEqual(['2.jpg']);
  expect(await said()).toEqual({ '1.jpg': ['ada'], '2.jpg': ['?'] });
});

test('a picture whose disk goes away during its scan is scanned the next time', async () => {
  lost = ['B'];
  await pass({ '1.jpg': 'A', '2.jpg': 'B' });
  expect((await store.photos()).map(({ error }) => error?.code ?? null)).toEqual([null, 'image/not-opened']);
  lost = [];
  now -= 10; // the files are as they were
  await pass({ '1.jpg': 'A', '2.jpg': 'B' });
  expect(looked).toEqual(['2.jpg']);
  expect(await said()).toEqual({ '1.jpg': ['?'], '2.jpg': ['?'] });
});

test('a known picture whose disk goes away keeps its faces and names, and is scanned the next time', async () => {
  await pass({ '1.jpg': 'A' });
  await name('1.jpg', 'ada');
  lost = ['A', 'A--B'];
  await pass({ '1.jpg': 'A' }, { ...FOLDER, turned: true });
  await pass({ '1.jpg': 'A--B' });
  expect(await said()).toEqual({ '1.jpg': ['ada'] });
  lost = [];
  await pass({ '1.jpg': 'A--B' });
  expect(looked).toEqual(['1.jpg']);
  expect(await said()).toEqual({ '1.jpg': ['ada', '?'] });
});

test('a file that opens and cannot be read to its end is named, and the others are scanned; a known one stays', async () => {
  damaged = ['2.jpg'];
  await pass({ '1.jpg': 'A', '2.jpg': 'B', '3.jpg': 'C' });
  expect(looked).toEqual(['1.jpg', '3.jpg']);
  expect((await store.photos())[1]).toMatchObject({ path: '2.jpg', error: { code: 'image/not-opened' } });
  damaged = ['1.jpg'];
  await pass({ '1.jpg': 'A', '2.jpg': 'B', '3.jpg': 'C' });
  expect(looked).toEqual(['2.jpg']);
  expect(await said()).toEqual({ '1.jpg': ['?'], '2.jpg': ['?'], '3.jpg': ['?'] });
});

test('a picture that could not be read is scanned once it can be, though its file is unchanged', async () => {
  await pass({ '1.jpg': 'A', '2.jpg': 'B' }, FOLDER, ['2.jpg']);
  now -= 10;
  await pass({ '1.jpg': 'A', '2.jpg': 'B' });
  expect(looked).toEqual(['2.jpg']);
  expect(await said()).toEqual({ '1.jpg': ['?'], '2.jpg': ['?'] });
});

test('an edited picture is scanned again; its faces keep their names, a new one has no name', async () => {
  await pass({ '1.jpg': 'A--B' });
  await name('1.jpg', 'ada', null);
  await pass({ '1.jpg': 'C--A' });
  expect(looked).toEqual(['1.jpg']);
  expect(await said()).toEqual({ '1.jpg': ['?', 'ada'] });
  expect(await store.photos()).toMatchObject([{ takenAt: 1 }]);
});

test('renamed, moved and swapped files are one picture each with what was said; those deleted leave the library', async () => {
  await pass({ '1.jpg': 'A', '2.jpg': 'B', '3.jpg': 'C', '4.jpg': 'D', '5.jpg': 'E' });
  for (const [i, person] of ['ada', 'bo', 'cy', 'dora', 'eve'].entries()) await name(`${i + 1}.jpg`, person);
  const { gone: left } = await pass({ 'new.jpg': 'A', 'sub/2.jpg': 'B', '3.jpg': 'D', '4.jpg': 'C' });
  expect(looked).toEqual([]);
  expect(await said()).toEqual({ 'new.jpg': ['ada'], 'sub/2.jpg': ['bo'], '3.jpg': ['dora'], '4.jpg': ['cy'] });
  expect(left.map(({ photo }) => photo.path)).toEqual(['5.jpg']);
  await store.movePhotos(left.map((stored) => ({ from: stored, to: stored.photo })));
  expect((await said())['5.jpg']).toEqual(['eve']);
});

test.each([
  ['before its new place', { '1.jpg': 'Z', '9.jpg': 'A' }],
  ['after it', { '0.jpg': 'A', '1.jpg': 'Z' }],
])('a moved file whose old place another picture has taken keeps its name, seen %s', async (_, files) => {
  await pass({ '1.jpg': 'A' });
  await name('1.jpg', 'ada');
  await pass(files);
  expect(looked).toEqual(['1.jpg']);
  const { '1.jpg': other, ...rest } = await said();
  expect(other).toEqual(['?']);
  expect(Object.values(rest)).toEqual([['ada']]);
});

test('a copy of a file is a picture of its own with the same names, and is not scanned', async () => {
  await pass({ '1.jpg': 'A' });
  await name('1.jpg', 'ada');
  const { gone: left } = await pass({ '1.jpg': 'A', 'copy.jpg': 'A' });
  expect([looked, left]).toEqual([[], []]);
  expect(await said()).toEqual({ '1.jpg': ['ada'], 'copy.jpg': ['ada'] });
});

test('a file moved to another given folder keeps its name, whichever of the two is looked through first', async () => {
  const other = { ...FOLDER, id: 'g' };
  for (const order of ['old first', 'new first']) {
    await pass({ 'stays.jpg': 'X', '1.jpg': 'A' });
    await name('1.jpg', 'ada');
    if (order === 'old first') await pass({ 'stays.jpg': 'X' });
    await pass({ '1.jpg': 'A' }, other);
    if (order === 'new first') await pass({ 'stays.jpg': 'X' });
    const faces = (await store.faces()).filter(({ personId }) => personId === 'ada');
    expect(
      faces.map(({ photoId }) => photoId),
      order,
    ).toEqual(['g/1.jpg']);
    await store.removeFolder('f');
    await store.removeFolder('g');
  }
});

test('searched on all sides later: pictures are scanned again once, and turned faces keep their names', async () => {
  await pass({ '1.jpg': 'a', '2.jpg': 'B' });
  await name('1.jpg', 'ada');
  await name('2.jpg', null);
  const turned = { ...FOLDER, turned: true };
  await pass({ '1.jpg': 'a', '2.jpg': 'B' }, turned);
  expect(looked).toEqual(['1.jpg', '2.jpg']);
  expect(await said()).toEqual({ '1.jpg': ['ada'], '2.jpg': ['nobody'] });
  await pass({ '1.jpg': 'a', '2.jpg': 'B', 'copy.jpg': 'B' }, turned);
  expect(looked).toEqual([]);
  await pass({ '1.jpg': 'a', '2.jpg': 'B' });
  expect(looked).toEqual([]);
});

test('a picture that cannot be read just now stays as it was', async () => {
  await pass({ '1.jpg': 'A', '2.jpg': 'B' });
  await name('1.jpg', 'ada');
  const { gone: left } = await pass({ '1.jpg': 'A', '2.jpg': 'B' }, FOLDER, ['1.jpg']);
  expect(left).toEqual([]);
  expect(await said()).toEqual({ '1.jpg': ['ada'], '2.jpg': ['?'] });
});

test('an empty folder, as of a disk that is not there, takes nothing away; nor does the smaller part of one given by hand', async () => {
  await pass({ '1.jpg': 'A', '2.jpg': 'B', '3.jpg': 'C' });
  expect(await pass({})).toEqual({ gone: [], missing: 3 });
  expect(await pass({ '1.jpg': 'A' }, { ...FOLDER, kind: 'given' })).toEqual({ gone: [], missing: 2 });
  expect(Object.keys(await said())).toHaveLength(3);
  expect((await pass({ '1.jpg': 'A' })).gone).toHaveLength(2);
});

test('pictures of an earlier version, without a hash get one without being scanned', async () => {
  await pass({ '1.jpg': 'A' });
  await name('1.jpg', 'ada');
  now = 1;
  await store.updatePhotos((await store.photos()).map((photo) => ({ ...photo, sha256: null })));
  await pass({ '1.jpg': 'A' });
  expect(looked).toEqual([]);
  expect((await store.photos())[0]!.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(await said()).toEqual({ '1.jpg': ['ada'] });
  await store.updatePhotos((await store.photos()).map((photo) => ({ ...photo, sha256: null })));
  await pass({ '1.jpg': 'A' }); // touched as well: the same face says it
  expect(await said()).toEqual({ '1.jpg': ['ada'] });
});

test.each([
  ['aborted while moved files get their places removes no pictures', true],
  ['read to its end removes those that are no longer there', false],
])('a pass %s', async (_, isEnded) => {
  await pass({ '1.jpg': 'A', '2.jpg': 'B', '3.jpg': 'C' });
  await lists.load();
  const abort = new AbortController();
  const move = lists.move.bind(lists);
  lists.move = async (moves) => {
    if (isEnded) abort.abort();
    return move(moves);
  };
  const walk = new FolderWalk(FOLDER, lists, engine as never, guard);
  const source = sourceOf({ '1.jpg': 'A', 'new.jpg': 'B' });
  const departed = await readFolder(walk, source, abort.signal, () => undefined);
  expect(departed?.gone.map(({ photo }) => photo.path) ?? null).toEqual(isEnded ? null : ['3.jpg']);
  expect(Object.keys(await said()).sort()).toEqual(['1.jpg', ...(isEnded ? ['3.jpg'] : []), 'new.jpg']);
});
