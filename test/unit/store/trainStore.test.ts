import { expect, test } from 'vitest';
import { openTrainStore } from '../../../src/store/trainStore';
import { describeTrainStore } from './trainStoreBehaviour';

// Node has no IndexedDB: here the store lives in memory.
describeTrainStore(() => openTrainStore());

test('without IndexedDB the store says that nothing persists', async () => {
  expect(await openTrainStore()).toMatchObject({ persistent: false });
});
