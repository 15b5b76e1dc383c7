import { expect, test } from 'vitest';
import { bytesText, certaintyText, count, matchText, oneIn, strangerRate } from '../../../../src/app/shell/words';

test('certainty is rounded down, so that nothing is called certain that is not', () => {
  expect(certaintyText(1)).toBe('> 99.99 %');
  expect(certaintyText(0.99899)).toBe('99.8 %');
  expect(certaintyText(0.99949)).toBe('99.94 %');
  expect(certaintyText(0.899)).toBe('89 %');
  expect(certaintyText(0)).toBe('0 %');
});

test('a match in words: known, unknown, and nobody to compare with', () => {
  const none = { second: null, secondDistance: null };
  const known = { person: 'a', nearest: 'a', distance: 0.6249, certainty: 0.9995, ...none };
  expect(matchText(known, 'Ann')).toBe('99.95 % certain, distance\u00a00.62');
  expect(matchText({ ...known, secondDistance: 1.2049 }, 'Ann', 'Bob')).toBe(
    '99.95 % certain, distance\u00a00.62; next Bob, 0.58 further',
  );
  expect(matchText({ ...known, person: null, distance: 1.2 }, 'Ann')).toBe('nearest: Ann, distance\u00a01.20');
  expect(matchText({ person: null, distance: null, certainty: null, ...none }, null)).toBe('nobody in your list yet');
});

test('numbers in words', () => {
  expect(oneIn(0.001)).toBe('1 in 1,000');
  expect(count(1, 'face')).toBe('1 face');
  expect(count(1200, 'person', 'people')).toBe('1,200 people');
  expect([0, 999, 1500, 93_450_000].map(bytesText)).toEqual(['0 bytes', '999 bytes', '1.5 kB', '93.5 MB']);
});

test('a stranger is compared with every face', () => {
  expect(strangerRate(0.5, 3)).toBe(0.875);
  expect(strangerRate(0.001, 0)).toBe(0);
});
