import { expect, test } from 'vitest';
import { openStore } from '../../../src/store/store';
import { describeStore, newFace } from './storeBehaviour';

// Node has no IndexedDB: here the store lives in memory.
describeStore(() => openStore());

test('without IndexedDB the store says that nothing persists', async () => {
  expect(await openStore()).toMatchObject({ persistent: false });
});

test('each store in memory has its own content, and deleting empties it', async () => {
  const store = await openStore();
  await store.addPerson('a', [newFace(1)]);
  expect(await (await openStore()).people()).toEqual([]);
  await store.deleteEverything();
  expect(await store.people()).toEqual([]);
});
