import { expect, test } from 'vitest';
import { byPerson, impostorsOf, peopleOf, splitPeople } from '../../../../../src/harness/cli/train/people';
import { nearestAccuracy } from '../../../../../src/harness/cli/train/validate';

const file = (inside: string) => ({ path: `/pictures/${inside}`, inside });

test('a folder is a person; a picture in no folder is nobody to train on, but an impostor of its own', () => {
  const files = ['b/1.jpg', 'a/1.jpg', 'x.jpg', 'a/2.jpg', 'y.jpg'].map(file);
  const { people, labels, files: kept } = peopleOf(files);
  expect(people).toEqual(['a', 'b']);
  expect(kept.map(({ inside }, i) => [inside, people[labels[i]!]])).toEqual([
    ['b/1.jpg', 'b'],
    ['a/1.jpg', 'a'],
    ['a/2.jpg', 'a'],
  ]);
  expect(new Set(impostorsOf(files).labels).size).toBe(4);
});

test('the files of a large set are put person by person without a search for each person', () => {
  const files = Array.from({ length: 200_000 }, (_, i) => file(`p${i % 10_000}/${Math.floor(i / 10_000)}.jpg`));
  const begun = performance.now();
  const ordered = byPerson(peopleOf(files));
  expect(performance.now() - begun).toBeLessThan(5_000);
  expect(ordered.slice(18, 22).map(({ inside }) => inside)).toEqual(['p0/18.jpg', 'p0/19.jpg', 'p1/0.jpg', 'p1/1.jpg']);
});

test('a share of each person’s pictures is held out, the same ones each time; an only picture is trained on', () => {
  const files = [...Array.from({ length: 10 }, (_, i) => file(`a/${i}.jpg`)), file('b/0.jpg')];
  const all = peopleOf(files);
  const split = () => splitPeople(all, { holdOut: 0.3, seed: 1 });
  const { train, heldOut } = split();
  expect([train.files.length, heldOut.files.length]).toEqual([8, 3]);
  expect(train.files.map(({ inside }) => inside)).toContain('b/0.jpg');
  expect(new Set([...train.files, ...heldOut.files]).size).toBe(11);
  expect(split()).toMatchObject({ people: ['a', 'b'], train, heldOut });
});

test('with --train-images the first ones are trained on and those from the 11th on held out', () => {
  const all = peopleOf(Array.from({ length: 13 }, (_, i) => file(`a/${String(i + 1).padStart(2, '0')}.jpg`)));
  const { train, heldOut } = splitPeople(all, { holdOut: 0.3, seed: 1, trainImages: 3 });
  expect(train.files.map(({ inside }) => inside)).toEqual(['a/01.jpg', 'a/02.jpg', 'a/03.jpg']);
  expect(heldOut.files.map(({ inside }) => inside)).toEqual(['a/11.jpg', 'a/12.jpg', 'a/13.jpg']);
});

test('whole persons are held out where that is asked: those who are trained on have the first numbers', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const all = peopleOf(names.flatMap((name) => [0, 1, 2].map((i) => file(`${name}/${i}.jpg`))));
  const { people, train, heldOut } = splitPeople(all, { holdOut: 0.4, seed: 1, holdOutPeople: true });
  expect(people).toHaveLength(3);
  train.files.forEach(({ inside }, i) => expect(inside).toMatch(new RegExp(`^${people[train.labels[i]!]!}/`)));
  expect(train.files).toHaveLength(9);
  expect(new Set(heldOut.labels)).toEqual(new Set([3, 4]));
  const personOf = ({ inside }: { inside: string }) => inside[0]!;
  expect([...new Set(heldOut.files.map(personOf)), ...people].sort()).toEqual(names);
});

test('the nearest row names a probe, the first of equals', () => {
  const row = (x: number) => Float32Array.of(x, 0);
  expect(nearestAccuracy([row(0), row(2)], [7, 9], [row(0.4), row(1), row(1.9)], [7, 7, 7])).toBeCloseTo(2 / 3);
});
