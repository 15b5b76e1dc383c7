import { deleteDB, openDB } from 'idb';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { takeOver } from '../../../src/store/takeOver';

const SCOPE = '/team/faces/';
const OLD = 'facenet-web';
const OWN = `facenet-web@${SCOPE}`;
const MARK = `facenet-taking-over@${SCOPE}`;

async function keep(database: string, people: readonly string[], files = 0): Promise<void> {
  const db = await openDB(database, 3, {
    upgrade(fresh) {
      fresh.createObjectStore('people', { keyPath: 'id' });
      fresh.createObjectStore('settings', { keyPath: 'id' });
      fresh.createObjectStore('trainedFiles', { keyPath: 'id' }).createIndex('byModel', 'modelId');
    },
  });
  await db.put('settings', { id: 'settings' });
  for (const id of people) await db.put('people', { id });
  for (let i = 0; i < files; i++)
    await db.put('trainedFiles', { id: `m.${i}`, modelId: 'm', bytes: new Uint8Array([i]) });
  db.close();
}
async function peopleIn(database: string): Promise<string[] | null> {
  if (!(await databases()).includes(database)) return null;
  const db = await openDB(database);
  const ids = (await db.getAllKeys('people')).map(String);
  db.close();
  return ids;
}
const databases = async () => (await indexedDB.databases()).flatMap(({ name }) => name ?? []);

async function forget(): Promise<void> {
  for (const name of [OLD, OWN]) await deleteDB(name);
  for (const name of await caches.keys()) if (name.startsWith('facenet-')) await caches.delete(name);
  localStorage.removeItem(MARK);
}
beforeEach(forget);
afterEach(async () => {
  vi.restoreAllMocks();
  await forget();
});

it('moves rows of all tables, more than a page of them, and model files', async () => {
  const many = Array.from({ length: 250 }, (_, i) => `p${String(i).padStart(3, '0')}`);
  await keep(OLD, many, 3);
  await (await caches.open('facenet-models')).put(`${location.origin}/stored-models/x`, new Response('weights'));
  expect(await takeOver(SCOPE)).toBe(true);
  expect(await peopleIn(OWN)).toEqual(many);
  const db = await openDB(OWN);
  expect(await db.countFromIndex('trainedFiles', 'byModel', 'm')).toBe(3);
  db.close();
  expect(await (await caches.open(`facenet-models@${SCOPE}`)).keys()).toHaveLength(1);
  await expect.poll(databases).not.toContain(OLD);
  await expect.poll(() => caches.has('facenet-models')).toBe(false);
  await expect.poll(() => localStorage.getItem(MARK)).toBeNull();
});

it('after a first try without room keeps who was enrolled since, and what was there before', async () => {
  await keep(OLD, ['before']);
  await caches.open('facenet-models');
  const open = vi.spyOn(caches, 'open').mockRejectedValue(new DOMException('no room', 'QuotaExceededError'));
  expect(await takeOver(SCOPE)).toBe(false);
  open.mockRestore();
  expect(await peopleIn(OWN)).toBeNull();
  await keep(OWN, ['since']); // the app started empty
  expect(await takeOver(SCOPE)).toBe(true);
  expect(await peopleIn(OWN)).toEqual(['since']);
  expect(await peopleIn(OLD)).toEqual(['before']);
});

it('tries again where nobody was added since: a tab that was faster left an empty database', async () => {
  await keep(OLD, ['before']);
  await keep(OWN, []);
  expect(await takeOver(SCOPE)).toBe(true);
  expect(await peopleIn(OWN)).toEqual(['before']);
});

it('what was copied half when the tab ended goes, and is copied again', async () => {
  await keep(OLD, ['a', 'b']);
  await keep(OWN, ['a']);
  localStorage.setItem(MARK, '1');
  expect(await takeOver(SCOPE)).toBe(true);
  expect(await peopleIn(OWN)).toEqual(['a', 'b']);
});

it('what was moved and could not be deleted is deleted at the next start, and does not come back', async () => {
  await keep(OLD, ['deleted']);
  await keep(OWN, []);
  localStorage.setItem(MARK, 'copied');
  expect(await takeOver(SCOPE)).toBe(true);
  expect(await peopleIn(OWN)).toEqual([]);
  await expect.poll(databases).not.toContain(OLD);
});

it('two tabs at once: the second waits until the copy is whole', async () => {
  await keep(OLD, ['a', 'b', 'c']);
  const seen = await Promise.all([1, 2].map(async () => ((await takeOver(SCOPE)) ? peopleIn(OWN) : null)));
  expect(seen).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ]);
});

it.each([
  ['ours', 'facenet-shell-1', ['before'], null],
  ['another app’s', 'their-cache', null, ['before']],
])('with a service worker at the root that is %s', async (_whose, cache, left, taken) => {
  await keep(OLD, ['before']);
  await (await caches.open(cache)).put(`${location.origin}/index.html`, new Response('start'));
  const root = { scope: `${location.origin}/` } as ServiceWorkerRegistration;
  vi.spyOn(navigator.serviceWorker, 'getRegistrations').mockResolvedValue([root]);
  expect(await takeOver(SCOPE)).toBe(true);
  expect(await peopleIn(OWN)).toEqual(taken);
  await expect.poll(() => peopleIn(OLD)).toEqual(left);
  await caches.delete(cache);
});

it('an old database without a table goes without a word', async () => {
  (await openDB(OLD)).close();
  expect(await takeOver(SCOPE)).toBe(true);
  await expect.poll(databases).not.toContain(OLD);
});

it('at the root nothing is touched', async () => {
  await keep(OLD, ['before']);
  expect(await takeOver('/')).toBe(true);
  expect(await peopleIn(OLD)).toEqual(['before']);
});
