import { expect, test } from 'vitest';
import { nearestFaces, type Nearest, type NearestOptions } from '../../../src/cluster/nearest';
import { normalisedSquared, packPoints, type Faces } from '../../../src/cluster/points';
import { madeUpFaces, plainFaces, uneven } from './faces';

/** Each pair compared, and each list sorted. */
function bruteForce(faces: Faces) {
  const all = Array.from({ length: faces.count }, (_, i) =>
    Array.from({ length: faces.count }, (__, id) => ({ id, squared: normalisedSquared(faces, i, id) }))
      .filter(({ id }) => id !== i)
      .sort((a, b) => a.squared - b.squared || a.id - b.id),
  );
  return ({ k, limit, from = 0 }: NearestOptions) =>
    all.map((others, i) =>
      others.filter(({ id, squared }) => (id >= from || i >= from) && squared <= limit * limit).slice(0, k),
    );
}

function lists({ k, counts, ids, squared }: Nearest) {
  return Array.from(counts, (count, i) =>
    Array.from({ length: count }, (_, at) => ({ id: ids[i * k + at]!, squared: squared[i * k + at]! })),
  );
}

// 40 numbers take 48 bytes: all rows in one block. 512: 128 rows a block, so that there are six.
test.each([
  [40, 200, [0, 150]],
  [512, 700, [0, 1, 400, 699, 700]],
])('%i numbers, %i faces: the lists of comparing all, to the last bit', (size, count, starts) => {
  const { points } = madeUpFaces(count / 20, 20, { spread: 0.9 / Math.sqrt(size), size });
  for (const faces of [plainFaces(points), uneven(points, 3)]) {
    const expected = bruteForce(faces);
    for (const from of starts)
      for (const [k, limit] of [
        [1, 2],
        [10, 1.1],
        [32, 0.9],
      ] as const) {
        const options = { k, limit, from };
        expect(lists(nearestFaces(faces, options))).toEqual(expected(options));
      }
  }
});

test('enough new faces to shorten rows: bit-identical to comparing all', () => {
  const { points } = madeUpFaces(120, 20, { spread: 0.9 / Math.sqrt(100), size: 100 });
  const faces = uneven(points, 3);
  const options = { k: 10, limit: 1.1, from: 200 };
  const found = nearestFaces(faces, options);
  for (let i = 0; i < faces.count; i += 37) {
    const at = Array.from({ length: found.counts[i]! }, (_, n) => ({
      id: found.ids[10 * i + n],
      squared: found.squared[10 * i + n],
    }));
    const others = Array.from({ length: faces.count }, (_, id) => ({ id, squared: normalisedSquared(faces, i, id) }))
      .filter(({ id, squared }) => id !== i && (id >= 200 || i >= 200) && squared <= 1.1 ** 2)
      .sort((a, b) => a.squared - b.squared || a.id - b.id);
    expect(at).toEqual(others.slice(0, 10));
  }
});

test('of faces at the same distance the earlier ones are named, and equal faces are near each other', () => {
  const faces = plainFaces(packPoints(Array.from({ length: 9 }, (_, i) => [i % 3, 0])));
  const options = { k: 3, limit: 1 };
  const found = lists(nearestFaces(faces, options));
  expect(found).toEqual(bruteForce(faces)(options));
  expect(found[0]!.map(({ id }) => id)).toEqual([3, 6, 1]);
});

test('nobody has no neighbours', () => {
  expect(nearestFaces(plainFaces(packPoints([])), { k: 3, limit: 1 }).counts).toHaveLength(0);
});

test('progress grows to 1, and an abort ends it', () => {
  const faces = plainFaces(madeUpFaces(70, 20, { size: 512 }).points);
  for (const from of [0, 900]) {
    const shares: number[] = [];
    nearestFaces(faces, { k: 4, limit: 1, from, onShare: (share) => shares.push(share) });
    expect(shares).toHaveLength(11);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  }
  const stop = new AbortController();
  const onShare = (): void => stop.abort();
  expect(() => nearestFaces(faces, { k: 4, limit: 1, signal: stop.signal, onShare })).toThrow(
    expect.objectContaining({ code: 'aborted' }),
  );
});
