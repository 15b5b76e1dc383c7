import { beforeEach, expect, test, vi } from 'vitest';
import { Library } from '../../../../src/app/photos/library.svelte';
import { SourceReport } from '../../../../src/app/photos/sourceReport';
import type { PhotoSource } from '../../../../src/app/photos/sources';
import { TabGuard } from '../../../../src/app/photos/tabGuard';
import { People } from '../../../../src/app/people/people.svelte';
import { FaceError } from '../../../../src/core/errors';
import type { Store } from '../../../../src/store/schema';
import { openStore } from '../../../../src/store/store';
import { faceOf, scriptedEngine, type Script } from '../scriptedEngine';

let store: Store;
let script: Script;
let people: People;
let library: Library;
let notices: { text: string; undo: (() => void | Promise<void>) | undefined }[];

beforeEach(async () => {
  store = await openStore();
  const scripted = await scriptedEngine(store);
  script = scripted.script;
  people = new People(store.people, scripted.engine);
  notices = [];
  const done = (text: string, undo?: () => void | Promise<void>) => void notices.push({ text, undo });
  const tabs = { mayWrite: () => true };
  library = new Library(store.photos, scripted.engine, people, tabs, { done }, new TabGuard(null, () => true));
  people.onGallery(() => {
    void library.peopleChanged();
    return Promise.resolve();
  });
  await scripted.engine.start();
  await people.sync();
});

/** A folder whose pictures hold the faces of their letters. */
function source(name: string, pictures: Readonly<Record<string, string>>): PhotoSource {
  return {
    name,
    total: Object.keys(pictures).length,
    async *pictures() {
      for (const [path, letters] of Object.entries(pictures))
        yield { path, size: letters.length, modified: 1, read: () => Promise.resolve(new Blob([letters])) };
    },
    report: () => new SourceReport().result(),
  };
}
const settled = () =>
  vi.waitFor(() => expect([library.reading.running, library.grouping.running]).toEqual([false, false]));
/** Of each picture whose its faces are, in the order of their places: a person's name, a group's size, or nobody. */
function whose(): Record<string, string> {
  const groups = new Map(library.groups.map(({ key, faces }) => [key, faces.length]));
  const found: Record<string, string> = {};
  for (const { path, id } of library.photos)
    found[path] = library.faces
      .filter(({ photoId }) => photoId === id)
      .sort((a, b) => a.box.x0 - b.box.x0)
      .map(({ personId, group }) => people.nameOf(personId) ?? (group === null ? '–' : String(groups.get(group))))
      .join(' ');
  return found;
}

test('a folder’s pictures are read and grouped: faces of one person are together, one seen once is alone', async () => {
  await library.add(source('holiday', { '1.jpg': 'AB', '2.jpg': 'A', '3.jpg': 'A', '4.jpg': 'C', '5.jpg': 'B' }));
  expect(whose()).toEqual({ '1.jpg': '3 2', '2.jpg': '3', '3.jpg': '3', '4.jpg': '–', '5.jpg': '2' });
  expect(library.loose).toHaveLength(1);
  expect(library.folders).toMatchObject([{ name: 'holiday', unfinished: false }]);
  expect([library.done, library.total, library.jobs]).toEqual([5, 5, []]);
});

test('a group is named in one step, and Undo takes the name and the person back', async () => {
  await library.add(source('holiday', { '1.jpg': 'AB', '2.jpg': 'A', '3.jpg': 'B' }));
  const group = library.groups.find(({ faces }) => faces.some(({ photoId }) => photoId.endsWith('2.jpg')))!;
  const undo = await library.name(group.faces, 'Ada');
  await settled();
  expect(whose()).toEqual({ '1.jpg': 'Ada 2', '2.jpg': 'Ada', '3.jpg': '2' });
  expect(people.named('Ada')!.faces).toHaveLength(2);

  await library.add(source('later', { '4.jpg': 'A' }));
  expect(whose()['4.jpg'], 'a picture added later is recognised').toBe('Ada');
  await undo();
  await settled();
  expect(people.list).toEqual([]);
  expect(whose()).toEqual({ '1.jpg': '3 2', '2.jpg': '3', '3.jpg': '2', '4.jpg': '3' });
});

test('a person who is enrolled elsewhere is found in the pictures; one who is deleted leaves them', async () => {
  await library.add(source('holiday', { '1.jpg': 'A', '2.jpg': 'B' }));
  await people.enrol('Bob', [faceOf('B')]);
  await vi.waitFor(() => expect(whose()).toEqual({ '1.jpg': '–', '2.jpg': 'Bob' }));
  await people.remove(people.named('Bob')!.id);
  await vi.waitFor(() => expect(whose()).toEqual({ '1.jpg': '–', '2.jpg': '–' }));
});

test('a face that is said not to be a person’s is left alone, and Undo gives it back', async () => {
  await library.add(source('holiday', { '1.jpg': 'A', '2.jpg': 'A' }));
  await library.name(library.groups[0]!.faces, 'Ada');
  const undo = await library.reject(library.faces.find(({ photoId }) => photoId.endsWith('1.jpg'))!);
  await library.regroup();
  expect(whose()).toEqual({ '1.jpg': '–', '2.jpg': 'Ada' });
  await undo();
  expect(whose()).toEqual({ '1.jpg': 'Ada', '2.jpg': 'Ada' });
});

test('forgetting a person removes their faces from the pictures; Undo puts them back', async () => {
  await library.add(source('holiday', { '1.jpg': 'AB', '2.jpg': 'A' }));
  await library.name(library.groups[0]!.faces, 'Ada');
  const undo = await library.forget(people.named('Ada')!.id);
  expect(whose()).toEqual({ '1.jpg': '–', '2.jpg': '' });
  expect((await store.photos.embeddings()).size).toBe(1);
  await undo();
  expect(whose()).toEqual({ '1.jpg': 'Ada –', '2.jpg': 'Ada' });
});

test('paused reading keeps what was read, and continues there: no picture is searched twice', async () => {
  const seen: string[] = [];
  script.before = (op, { name }) => {
    if (op !== 'recognise') return;
    seen.push(String(name));
    if (seen.length === 3) library.pause();
  };
  const pictures = Object.fromEntries(
    Array.from({ length: 9 }, (_, i) => [`${i}.jpg`, 'AB'[i % 2]! + 'xyzuvwrst'[i]!]),
  );
  await library.add(source('holiday', pictures));
  expect(library.jobs).toHaveLength(1);
  expect(library.photos.length).toBeLessThan(9);
  expect(library.folders[0]!.unfinished).toBe(true);
  const [before, saved] = [seen.length, library.photos.length];
  await library.read();
  expect(library.photos).toHaveLength(9);
  expect(seen.length - before, 'only those that were not saved').toBe(9 - saved);
  expect(library.folders[0]!.unfinished).toBe(false);
});

test('a folder that is removed is left only when its last picture is saved, so that none is saved after its removal; others continue', async () => {
  const events: string[] = [];
  let begin = () => {};
  let free = () => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const disk = new Promise<void>((resolve) => (free = resolve));
  const { savePhoto, putFolder } = store.photos;
  store.photos.savePhoto = async (photo, ...rest) => {
    begin();
    await disk;
    events.push(photo.path);
    return savePhoto(photo, ...rest);
  };
  store.photos.putFolder = (folder) => {
    if (!folder.unfinished) events.push(`${folder.name} is read`);
    return putFolder(folder);
  };
  const letters = (name: string, count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`${name}${i}.jpg`, name + String.fromCharCode(65 + i)]),
    );
  void library.add(source('a', letters('a', 9)));
  await begun;
  void library.add(source('b', letters('b', 2)));
  await vi.waitFor(() => expect(library.jobs).toHaveLength(2));
  const left = library.remove(library.folders.find(({ name }) => name === 'a')!).then(() => events.push('removed'));
  setTimeout(free, 20);
  await left;
  await vi.waitFor(() => expect(events).toContain('b is read'));
  expect(events.indexOf('removed')).toBeGreaterThan(0);
  expect(events.slice(events.indexOf('removed')).filter((event) => event.startsWith('a'))).toEqual([]);
  expect(library.photos.map(({ path }) => path).sort()).toEqual(['b0.jpg', 'b1.jpg']);
});

test('a folder added while another is read is read after it', async () => {
  await library.open();
  await Promise.all([library.add(source('a', { '1.jpg': 'A' })), library.add(source('b', { '2.jpg': 'A' }))]);
  await settled();
  expect(whose()).toEqual({ '1.jpg': '2', '2.jpg': '2' });
  expect(library.folders.every(({ unfinished }) => !unfinished)).toBe(true);
});

test('pictures that are no longer in their folder leave with a notice, whose Undo brings them back with their names', async () => {
  await library.add(source('holiday', { '1.jpg': 'A', '2.jpg': 'A', '3.jpg': 'B' }));
  await library.name(library.groups[0]!.faces, 'Ada');
  await settled();
  await library.add(source('holiday', { '1.jpg': 'A', '3.jpg': 'B' }));
  expect(notices.map(({ text }) => text)).toEqual(['1 picture is no longer in holiday and has left the list.']);
  expect(whose()).toEqual({ '1.jpg': 'Ada', '3.jpg': '–' });
  await notices[0]!.undo!();
  expect(whose()).toEqual({ '1.jpg': 'Ada', '2.jpg': 'Ada', '3.jpg': '–' });
});

test('a full disk stops the reading with its reason; what is left can be read again', async () => {
  const { savePhoto } = store.photos;
  store.photos.savePhoto = () => Promise.reject(new FaceError('store/full'));
  await library.add(source('holiday', { '1.jpg': 'A' }));
  expect(library.reading.error?.code).toBe('store/full');
  expect(library.jobs).toHaveLength(1);
  store.photos.savePhoto = savePhoto;
  await library.read();
  expect(library.reading.error).toBeNull();
  expect(whose()).toEqual({ '1.jpg': '–' });
});

test('grouping that is cancelled leaves the groups as they were, and can be done later', async () => {
  script.before = (op) => {
    if (op === 'groupFaces') library.abortGrouping();
  };
  await library.add(source('holiday', { '1.jpg': 'A', '2.jpg': 'A' }));
  expect(library.groupingAborted).toBe(true);
  expect(whose()).toEqual({ '1.jpg': '–', '2.jpg': '–' });
  script.before = () => undefined;
  await library.regroup();
  expect(library.groupingAborted).toBe(false);
  expect(whose()).toEqual({ '1.jpg': '2', '2.jpg': '2' });
});

test('what is grouped is not compared again: neither without a change nor after a restart', async () => {
  await library.add(source('holiday', { '1.jpg': 'A', '2.jpg': 'A' }));
  const groupings = () => script.asked.filter((op) => op === 'groupFaces').length;
  const before = groupings();
  await library.regroup();
  const scripted = await scriptedEngine(store);
  await scripted.engine.start();
  const next = new Library(
    store.photos,
    scripted.engine,
    people,
    { mayWrite: () => true },
    { done: () => undefined },
    new TabGuard(null, () => true),
  );
  await next.open();
  await next.regroup();
  expect([groupings(), scripted.script.asked.includes('groupFaces')]).toEqual([before, false]);
});

test('a grouping that fails says why, and the next one is right', async () => {
  script.before = (op) => {
    if (op === 'groupFaces') throw new FaceError('worker/crashed');
  };
  await library.add(source('holiday', { '1.jpg': 'A', '2.jpg': 'A' }));
  expect(library.grouping.error?.code).toBe('worker/crashed');
  script.before = () => undefined;
  await library.regroup();
  expect(library.grouping.error).toBeNull();
  expect(whose()).toEqual({ '1.jpg': '2', '2.jpg': '2' });
});

test('after a change of model the faces get its numbers before they are grouped', async () => {
  await library.add(source('holiday', { '1.jpg': 'A', '2.jpg': 'A' }));
  script.state = { ...script.state, model: 'next' };
  const scripted = library as unknown as { engine: { start(): Promise<void> } };
  await scripted.engine.start();
  await library.regroup();
  const models = [...(await store.photos.embeddings()).values()].map(({ modelId }) => modelId);
  expect(new Set(models)).toEqual(new Set(['next']));
  expect(whose()).toEqual({ '1.jpg': '2', '2.jpg': '2' });
});

test('a backup that is restored waits until nothing is written; folders that it does not have are no longer read', async () => {
  script.before = (op) => {
    if (op === 'recognise') library.pause();
  };
  await library.add(source('holiday', { '1.jpg': 'A', '2.jpg': 'B' }));
  expect(library.jobs).toHaveLength(1);
  await library.whileStill(async () => {
    for (const { id } of await store.photos.folders()) await store.photos.removeFolder(id);
  });
  expect([library.jobs, library.photos, library.folders]).toEqual([[], [], []]);
});
