import { expect, test } from 'vitest';
import { isLeastFaceTold } from '../../../src/client/leastFace';

test('the least face is told where none was found, and with large pictures', () => {
  expect([isLeastFaceTold(20, 0), isLeastFaceTold(20, 3), isLeastFaceTold(39, 3), isLeastFaceTold(40, 3)]).toEqual([
    true,
    false,
    false,
    true,
  ]);
});
