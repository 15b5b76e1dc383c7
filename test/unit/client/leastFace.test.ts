import { expect, test } from 'vitest';
import { mentionsLeastFace } from '../../../src/client/leastFace';

test('the least face is mentioned where none was found, and with large pictures', () => {
  expect([
    mentionsLeastFace(20, 0),
    mentionsLeastFace(20, 3),
    mentionsLeastFace(39, 3),
    mentionsLeastFace(40, 3),
  ]).toEqual([true, false, false, true]);
});
