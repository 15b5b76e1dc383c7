import { expect, test } from 'vitest';
import { namedBy, namesOf, picturesNamed } from '../../../src/evaluate/pictureNames';
import { FaceError } from '../../../src/core/errors';

test('a name means a path, with or without ending, from the root or from the one folder at it', () => {
  const isNamed = namedBy(['Ann/Ann_0001', 'Bo/Bo_0001.png']);
  const paths = ['Ann/Ann_0001.jpg', './Ann/Ann_0001.jpg', 'lfw/Ann/Ann_0001.jpg', 'Bo/Bo_0001.png'];
  expect(paths.every(isNamed)).toBe(true);
  const others = ['Ann/Ann_0001.txt', 'a/b/Ann/Ann_0001.jpg', 'Bo/Bo_0001.jpg'];
  expect(others.some(isNamed)).toBe(false);
});

test('pictures come in the order of the names, each once in a list’s', () => {
  const pair = (a: string, b: string) => ({ a, b, same: true, fold: 0, line: 1 });
  const names = namesOf({ pairs: [pair('b', 'a'), pair('a', 'c')], folds: 1 });
  expect(names).toEqual(['b', 'a', 'c']);
  const entries = ['c.jpg', 'b.jpg', 'other.jpg', 'a.jpg'].map((path) => [path, path.toUpperCase()] as const);
  expect(picturesNamed(entries, names, { list: 'list.csv', images: 'faces' })).toEqual(['B.JPG', 'A.JPG', 'C.JPG']);
});

test('a name and a file may be in two Unicode forms; of two files the one in the name’s own form is meant', () => {
  const [nfc, nfd] = ['Zo\u00eb', 'Zoe\u0308'];
  const from = { list: 'list.csv', images: 'faces' };
  for (const [name, path] of [
    [nfc, nfd],
    [nfd, nfc],
  ]) {
    expect(namedBy([`${name}/1`])(`${path}/1.jpg`)).toBe(true);
    expect(picturesNamed([[`${path}/1.jpg`, 1]], [`${name}/1`], from)).toEqual([1]);
  }
  const both = [
    [`${nfd}.jpg`, 'nfd'],
    [`${nfc}.jpg`, 'nfc'],
  ] as const;
  expect(picturesNamed(both, [nfc, nfd], from)).toEqual(['nfc', 'nfd']);
});

test('pictures that are not there are counted, and the first three named', () => {
  const find = () => picturesNamed([['a.jpg', 1]], ['a', 'b', 'c', 'd', 'e'], { list: 'list.csv', images: 'faces' });
  expect(find).toThrow(FaceError);
  expect(find).toThrow('4 of the 5 pictures that list.csv names are not in faces: b, c, d, …');
});
