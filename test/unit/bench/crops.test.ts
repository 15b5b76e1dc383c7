import { expect, test } from 'vitest';
import { drawPairs, FOLDS } from '../../bench/crops/pairList';
import { evaluateAll } from '../../bench/crops/evaluate';

const personOf = (picture: string) => picture.split('/')[1]!;
const PICTURES = ['people', 'train'].flatMap((set) =>
  Array.from({ length: 240 }, (_, i) => `${set}/${set}${Math.floor(i / 6)}/${i}.jpg`),
);

test('the pairs for choosing crops repeat, are half of one person, and no person is in two folds', () => {
  const { pairs, folds } = drawPairs(PICTURES, personOf, 500, 7);
  expect(drawPairs(PICTURES, personOf, 500, 7).pairs).toEqual(pairs);
  expect(drawPairs(PICTURES, personOf, 500, 8).pairs).not.toEqual(pairs);
  expect(folds).toBe(FOLDS);
  expect(pairs).toHaveLength(1000);
  expect(pairs.filter(({ same }) => same)).toHaveLength(500);
  expect(new Set(pairs.map(({ a, b }) => [a, b].sort().join(' '))).size).toBe(1000);
  const foldOf = new Map<string, number>();
  for (const { a, b, same, fold } of pairs) {
    expect(personOf(a) === personOf(b)).toBe(same);
    for (const picture of [a, b]) {
      const person = personOf(picture);
      expect(foldOf.get(person) ?? fold).toBe(fold);
      foldOf.set(person, fold);
    }
  }
});

test('a crop that separates people is distinguished from one that does not', () => {
  const people = [...new Set(PICTURES.map(personOf))];
  const perfect = new Float32Array(PICTURES.length * 512);
  for (const [row, picture] of PICTURES.entries()) perfect[row * 512 + people.indexOf(personOf(picture))] = 1;
  const blind = new Float32Array(PICTURES.length * 512);
  for (let row = 0; row < PICTURES.length; row++) blind[row * 512 + (row % 5)] = 1;
  const ways = new Map([
    ['facenet 16', perfect],
    ['facenet 32', blind],
  ]);
  const table = evaluateAll(PICTURES, personOf, ways, drawPairs(PICTURES, personOf, 500, 7));
  const numbersOf = (way: string) =>
    table
      .split('\n')
      .find((line) => line.startsWith(`| ${way} |`))!
      .split(' | ')
      .slice(1)
      .map(parseFloat);
  expect(numbersOf('facenet 16')).toEqual([1, 1, 1, 1, 1]);
  for (const number of numbersOf('facenet 32')) expect(number).toBeLessThan(0.6);
  expect(table).toContain('| mean of facenet 16 + facenet 32 |');
});
