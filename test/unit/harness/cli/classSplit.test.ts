import { expect, test } from 'vitest';
import { personFolder } from '../../../../src/core/classFolders';
import { splitClasses as split, type SplitFlags } from '../../../../src/harness/cli/classSplit';

const files = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).flatMap(([name, count]) =>
    Array.from({ length: count }, (_, i) => {
      const inside = name === '' ? `${i}.jpg` : `${name}/${i}.jpg`;
      return { path: `root/${inside}`, inside };
    }),
  );
const splitClasses = (list: ReturnType<typeof files>, flags: SplitFlags) =>
  split(list, flags, ({ inside }) => personFolder(inside));
const paths = (list: readonly { readonly inside: string }[]) => list.map(({ inside }) => inside);

test('all pictures teach; with a test the first of each person do and the others are kept apart', () => {
  const people = files({ ann: 3, bob: 2 });
  expect(splitClasses(people, {})).toEqual({ train: people, test: [] });
  const { train, test: rest } = splitClasses(people, { test: true, minImages: 2, trainImages: 2 });
  expect(paths(train)).toEqual(['ann/0.jpg', 'ann/1.jpg', 'bob/0.jpg', 'bob/1.jpg']);
  expect(paths(rest)).toEqual(['ann/2.jpg']);
});

test('without a test too, only as many pictures teach as are asked for', () => {
  expect(paths(splitClasses(files({ ann: 3, bob: 2 }), { trainImages: 1 }).train)).toEqual(['ann/0.jpg', 'bob/0.jpg']);
});

test('the original’s split takes people with 20 pictures and teaches with 10', () => {
  const { train, test: rest } = splitClasses(files({ ann: 20, bob: 25, cid: 19 }), { test: true });
  expect([train.length, rest.length]).toEqual([20, 25]);
});

test.each([
  ['only one person has a folder of pictures.', { ann: 3, '': 4 }, {}],
  ['nobody has a folder of pictures.', { '': 4 }, {}],
  ['nobody has a folder of at least 20 pictures.', { ann: 3, bob: 3 }, { test: true }],
  [
    'nobody has more than the 3 pictures to train on, so none is left to test on.',
    { ann: 3, bob: 3 },
    { test: true, minImages: 2, trainImages: 3 },
  ],
] as const)('“%s”', (words, counts, flags) => {
  expect(() => splitClasses(files(counts), flags)).toThrow(words);
});
