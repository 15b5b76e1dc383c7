import { describe, expect, test } from 'vitest';
import { strangerRate } from '../../../../src/core/certainty';
import { euclidean } from '../../../../src/core/vectors';
import { measureBias, type BiasRule } from '../../../../src/evaluate/bias/measureBias';
import { stackFaces } from '../../../../src/evaluate/bias/stackFaces';
import { drawPeopleOfTwoKinds, type Drawn } from './drawnPeople';

/** Faces on a line: group, place, scale. */
function faces(...places: readonly (readonly [string, number, number?])[]) {
  const rows = places.map(([group, place, scale = 1], i) => ({ group, name: `${group}/${i}`, vector: [place], scale }));
  return stackFaces(rows, 1);
}
const rule: BiasRule = { far: 0.01, evened: true, gallery: 2, plain: 1, normalised: 1, twice: 0.1 };

test('pairs are counted within and between groups, by both distances, as by hand', async () => {
  const report = await measureBias(
    // Plain: .75 and 1 are accepted. Evened out: dense faces lie twice as far apart.
    faces(['broad', 0], ['dense', 10, Math.SQRT2], ['dense', 10.75, Math.SQRT2], ['broad', 1], ['dense', 12, 0.5]),
    rule,
  );
  const [broad, dense] = report.groups;
  expect([broad!.group, broad!.people, broad!.pairs]).toEqual(['broad', 2, 1]);
  expect(
    [broad!.accepted!.plain.rate, broad!.accepted!.normalised.rate],
    'a distance of just the limit counts',
  ).toEqual([1, 1]);
  expect([dense!.people, dense!.pairs]).toEqual([3, 3]);
  expect(dense!.accepted!.plain.rate).toBeCloseTo(1 / 3, 12);
  // 1.5; √2; 1.25 · √½ = .88
  expect(dense!.accepted!.normalised.rate).toBeCloseTo(1 / 3, 12);
  expect(report.between).toMatchObject([{ groups: ['broad', 'dense'], pairs: 6, accepted: { plain: { rate: 0 } } }]);
  expect(report.across).toMatchObject({ pairs: 6, accepted: { normalised: { rate: 0 } } });
  expect(report.spread, 'too few pairs').toEqual({ plain: null, normalised: null });
});

test('a person who is there twice counts once, whichever group the other picture is in', async () => {
  const report = await measureBias(faces(['a', 0], ['b', 0.05], ['b', 5], ['a', 9], ['a', 5.1]), rule);
  expect(report.twice).toEqual([
    { picture: 'b/1', of: 'a/0' },
    { picture: 'a/4', of: 'b/2' },
  ]);
  expect(report.groups.map(({ people }) => people)).toEqual([2, 1]);
  expect(report.groups[1], 'one person makes no pair').toMatchObject({ pairs: 0, accepted: null, strangers: null });
});

test('fewer than two people are refused', async () => {
  for (const few of [faces(), faces(['a', 0]), faces(['a', 0], ['a', 0.01])])
    await expect(measureBias(few, rule)).rejects.toMatchObject({ code: 'evaluate/too-few' });
});

test('what onRow throws ends it, and it hears every row', async () => {
  const heard: number[] = [];
  const three = faces(['a', 0], ['a', 5], ['b', 9]);
  await measureBias(three, rule, (row, rows) => void heard.push(row, rows));
  expect(heard).toEqual([0, 3, 1, 3, 2, 3]);
  const stop = new Error('stop');
  await expect(measureBias(three, rule, () => Promise.reject(stop))).rejects.toBe(stop);
});

describe('people of whom a network puts one kind close together', () => {
  const FAR = 0.01;
  const { people, columns } = drawPeopleOfTwoKinds(300, 5);
  /** The distance at which `FAR` of the pairs of broad people are accepted. */
  const limit = (distance: (a: Drawn, b: Drawn) => number): number => {
    const own = people.filter(({ group }) => group === 'broad');
    const all = own.flatMap((a, i) => own.slice(i + 1).map((b) => distance(a, b))).sort((a, b) => a - b);
    return all[Math.floor(FAR * all.length)]!;
  };
  const plain = (a: Drawn, b: Drawn): number => euclidean(a.vector, b.vector);
  const limits = { plain: limit(plain), normalised: limit((a, b) => plain(a, b) * a.scale * b.scale), twice: 0 };
  const measure = () => measureBias(stackFaces(people, columns), { far: FAR, evened: true, gallery: 100, ...limits });

  test('plain rates are uneven, normalised ones even, and strangers are named as often as promised', async () => {
    const report = await measure();
    const [broad, dense] = report.groups;
    expect(broad!.accepted!.plain.rate / FAR).toBeCloseTo(1, 1);
    expect(broad!.accepted!.normalised.rate / FAR).toBeCloseTo(1, 1);
    expect(dense!.accepted!.plain.rate, 'before').toBeGreaterThan(20 * FAR);
    expect(dense!.accepted!.normalised.rate, 'after').toBeLessThan(3 * FAR);
    expect(dense!.accepted!.normalised.rate).toBeGreaterThan(FAR / 2);
    expect(report.spread.plain).toBeGreaterThan(20);
    expect(report.spread.normalised).toBeLessThan(3);
    expect(dense!.strangers).toMatchObject({ gallery: 100, promised: strangerRate(FAR, 100) });
    expect(dense!.strangers!.plain.rate).toBeGreaterThan(0.95);
    expect(dense!.strangers!.normalised.rate).toBeLessThan(1.5 * dense!.strangers!.promised);
  });

  test('the same faces give the same report, to the last bit', async () => {
    expect(JSON.stringify(await measure())).toBe(JSON.stringify(await measure()));
  });

  test('95 % intervals hold the true rate about as often as they say', async () => {
    // Means over many other people stand for the truth.
    const runs = await Promise.all(
      Array.from({ length: 60 }, (_, seed) => {
        const few = drawPeopleOfTwoKinds(40, 100 + seed);
        // One cohort a draw is close to the other's: all are of 400 people a kind.
        return measureBias(stackFaces(few.people, columns), { far: FAR, evened: true, gallery: 10, ...limits });
      }),
    );
    for (const kind of ['plain', 'normalised'] as const)
      for (const group of [0, 1]) {
        const rates = runs.map((run) => run.groups[group]!.accepted![kind]);
        const truth = rates.reduce((sum, { rate }) => sum + rate, 0) / rates.length;
        const within = rates.filter(({ interval: [low, high] }) => low <= truth && truth <= high).length;
        expect(within / rates.length, `${kind}, group ${group}`).toBeGreaterThanOrEqual(0.85);
        const named = runs.map((run) => run.groups[group]!.strangers![kind]);
        const share = named.reduce((sum, { rate }) => sum + rate, 0) / named.length;
        const covered = named.filter(({ interval: [low, high] }) => low <= share && share <= high).length;
        expect(covered / named.length, `strangers, ${kind}, group ${group}`).toBeGreaterThanOrEqual(0.85);
      }
  });
});
