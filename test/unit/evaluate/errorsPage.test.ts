import { expect, test } from 'vitest';
import { errorsPage } from '../../../src/evaluate/errorsPage';

const jpeg = Uint8Array.of(0xff, 0xd8, 0xff);

test('names of pictures are text, never markup', () => {
  const page = errorsPage(
    [
      {
        a: '<script>alert(1)</script>',
        b: '"onerror=alert(2) x="',
        same: true,
        fold: 0,
        distance: 1.2345,
        threshold: 1.1,
        pictures: [jpeg, jpeg],
      },
    ],
    5,
    'a <b> & c',
  );
  expect(page).not.toContain('<script>');
  expect(page).not.toContain('"onerror');
  expect(page).toContain('a &#60;b&#62; &#38; c');
  expect(page).toContain('distance 1.234, threshold 1.100, fold 1');
  expect(page).toContain('5 pairs in all. The 1 clearest are shown.');
  expect(page).toContain('data:image/jpeg;base64,/9j/');
  expect(page).toContain('One person, taken for two: 1');
  expect(page).not.toContain('Two people, taken for one');
});
