import { expect, test } from 'vitest';
import { heldOutOf, splitPictures } from '../../../src/train/config/heldOut';

test('three tenths of a person’s pictures are held out, evenly spread, and one stays to train on', () => {
  expect([0, 1, 2, 3, 4, 10].map(heldOutOf)).toEqual([0, 0, 1, 1, 1, 3]);
  expect(splitPictures([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])).toEqual({ train: [1, 2, 3, 5, 6, 8, 9], heldOut: [4, 7, 10] });
  expect(splitPictures(['only'])).toEqual({ train: ['only'], heldOut: [] });
});
