import { describe, expect, test } from 'vitest';
import { openPhotoStore } from '../../../src/store/photoStore';
import { describePhotoStore } from './photoStoreBehaviour';

describe('in memory, where there is no database', () => {
  describePhotoStore(() => openPhotoStore());

  test('it says that nothing outlives the page', async () => {
    expect((await openPhotoStore()).persistent).toBe(false);
  });
});
