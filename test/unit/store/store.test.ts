import { expect, test } from 'vitest';
import { openStore } from '../../../src/store/store';
import { describeStore, newFace } from './storeBehaviour';

// Node has no IndexedDB: here the store lives in memory.
describeStore(() => openStore());

test('without IndexedDB each part of the store says that nothing persists', async () => {
  const { persistent, people, settings, photos, training } = await openStore();
  expect(persistent).toBe(false);
  for (const part of [people, settings, photos, training]) expect(part.persistent).toBe(false);
});

test('each store in memory has its own content', async () => {
  const store = await openStore();
  await store.people.addPerson('a', [newFace(1)]);
  expect(await (await openStore()).people.list()).toEqual([]);
});
