import { expect, test } from 'vitest';
import { benchmarkRequest } from '../../../src/client/pairs';
import { parsePairs } from '../../../src/evaluate/pairs';

test('pairs without folds are dealt out evenly, each kind in turn; given folds stay', async () => {
  const kinds = [true, true, true, false, false];
  const pairs = kinds.map((same, i) => ({ a: `a "${i}", b`, b: `${i}`, same }));
  const { pairs: list, options } = benchmarkRequest(pairs, {}, { flip: true });
  const read = parsePairs(await list.file.text(), list.name);
  expect(read.folds).toBe(2);
  expect(read.pairs.map(({ a, same, fold }) => [a, same, fold])).toEqual(
    kinds.map((same, i) => [`a "${i}", b`, same, (same ? i : i - 3) % 2]),
  );
  expect(options).toEqual({
    distance: 'euclidean',
    subtractMean: false,
    far: 0.001,
    flip: true,
    noFace: 'centre-crop',
  });

  const own = benchmarkRequest([{ ...pairs[0]!, fold: 3 }], {}, {}).pairs;
  expect(await own.file.text()).toContain(',1,3\n');
});

test('a list may be a text or a file, and the pictures an archive', () => {
  const file = new File(['a,b,1'], 'mine.csv');
  const archive = new File([], 'faces.tgz');
  expect(benchmarkRequest(file, archive, {})).toMatchObject({
    pairs: { name: 'mine.csv', file },
    pictures: { kind: 'archive', name: 'faces.tgz', file: archive },
  });
  expect(benchmarkRequest('a,b,1', { a: file }, {}).pictures).toEqual({
    ...{ kind: 'folder', name: 'the pictures', files: [{ path: 'a', file }] },
  });
});
