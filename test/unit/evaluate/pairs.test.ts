import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { toFaceError } from '../../../src/core/errors';
import { parsePairs } from '../../../src/evaluate/pairs';

const LFW = ['2\t1', 'Ann_Lee\t1\t12', 'Bo\t3\tCy_D\t4', 'Bo\t1\t2', 'Ann_Lee\t7\tBo\t1', ''].join('\n');

function failure(text: string): string {
  try {
    parsePairs(text, 'list.txt');
  } catch (thrown) {
    const { code, message } = toFaceError(thrown);
    expect(code).toBe('evaluate/bad-pairs');
    return message;
  }
  throw new Error('the list was read');
}

describe('a pairs.txt', () => {
  test('gives names of pictures, answers, folds and lines', () => {
    expect(parsePairs(LFW, 'pairs.txt')).toEqual({
      folds: 2,
      pairs: [
        { a: 'Ann_Lee/Ann_Lee_0001', b: 'Ann_Lee/Ann_Lee_0012', same: true, fold: 0, line: 2 },
        { a: 'Bo/Bo_0003', b: 'Cy_D/Cy_D_0004', same: false, fold: 0, line: 3 },
        { a: 'Bo/Bo_0001', b: 'Bo/Bo_0002', same: true, fold: 1, line: 4 },
        { a: 'Ann_Lee/Ann_Lee_0007', b: 'Bo/Bo_0001', same: false, fold: 1, line: 5 },
      ],
    });
  });

  test('may have one number, a single fold, and be dealt into others', () => {
    const text = '2\nA 1 2\nB 1 2\nA 1 B 1\nA 2 B 2\n';
    expect(parsePairs(text, 'dev.txt').folds).toBe(1);
    expect(parsePairs(text, 'dev.txt', 2).pairs.map(({ fold }) => fold)).toEqual([0, 1, 0, 1]);
  });

  test.each([
    ['', 'list.txt, line 1: the list is empty.'],
    [LFW.replace('1\t12', '1'), 'list.txt, line 2: expected a name and two numbers.'],
    [
      LFW.replace('Bo\t3\tCy_D\t4', 'Bo\t3\t4'),
      'list.txt, line 3: expected a name, a number, another name and a number.',
    ],
    [LFW.replace('Bo\t1\t2', 'Bo\tone\t2'), 'list.txt, line 4: “one” is not the number of a picture.'],
    [LFW.replace('2\t1', '0\t1'), 'list.txt, line 1: the numbers of folds and pairs must be 1 or more.'],
    [`${LFW}Bo\t1\t3\n`, 'list.txt, line 6: the first line says 4 pairs, but here is one more.'],
    [LFW.split('\n').slice(0, 3).join('\n'), 'list.txt, line 3: the list ends after 2 of 4 pairs.'],
  ])('that is malformed is reported with its line (%#)', (text, message) => {
    expect(failure(text)).toBe(message);
  });

  const real = `${process.env['FACENET_DATA'] ?? ''}/lfw-pairs.txt`;
  test.skipIf(!existsSync(real) && process.env['EXPECT_SHARED'] !== '1')(
    'of LFW (needs FACENET_DATA) has its 6,000 pairs in ten folds',
    () => {
      const { pairs, folds } = parsePairs(readFileSync(real, 'utf8'), real);
      expect([pairs.length, folds]).toEqual([6000, 10]);
      for (let fold = 0; fold < 10; fold++) {
        const own = pairs.filter((pair) => pair.fold === fold);
        expect([own.length, own.filter(({ same }) => same).length]).toEqual([600, 300]);
      }
      expect(new Set(pairs.flatMap(({ a, b }) => [a, b])).size).toBe(7701);
      // Dealt again, the folds are the same: the list has them one after the other.
      expect(parsePairs(readFileSync(real, 'utf8'), real, 10).pairs).toEqual(pairs);
    },
  );
});

describe('a CSV', () => {
  test('may have a header, quotes, words for answers and folds of any numbers', () => {
    const text = 'a,b,same,fold\r\n"x, y/1.jpg","say ""hi"".png",1,7\r\np/1.jpg, q/2.jpg ,false,3\r\n\r\n';
    expect(parsePairs(text, 'pairs.csv')).toEqual({
      folds: 2,
      pairs: [
        { a: 'x, y/1.jpg', b: 'say "hi".png', same: true, fold: 1, line: 2 },
        { a: 'p/1.jpg', b: 'q/2.jpg', same: false, fold: 0, line: 3 },
      ],
    });
  });

  test('without folds is dealt into ten, the pairs of one person and of two apart', () => {
    const lines = Array.from({ length: 40 }, (_, i) => `a${i},b${i},${i < 20 ? 1 : 0}`);
    const { pairs, folds } = parsePairs(lines.join('\n'), 'pairs.csv');
    expect(folds).toBe(10);
    expect(pairs.map(({ fold }) => fold)).toEqual(lines.map((_, i) => Math.floor((i % 20) / 2)));
  });

  test.each([
    ['a,b,same\n', 'list.txt, line 1: the list is empty.'],
    ['x,y,1\nx,y\n', 'list.txt, line 2: expected two pictures, 1 or 0 for the same person or not, and perhaps a fold.'],
    ['x,y,perhaps\n', 'list.txt, line 1: “perhaps” is neither 1 nor 0.'],
    ['x,,1\n', 'list.txt, line 1: a picture has no name.'],
    ['x,y,1,two\n', 'list.txt, line 1: “two” is not a fold’s number.'],
    ['x,y,1,2\nx,z,0\n', 'list.txt, line 2: some lines have a fold and some have not.'],
    ['x,y,1\nx,z,0,3\n', 'list.txt, line 2: some lines have a fold and some have not.'],
  ])('that is malformed is reported with its line (%#)', (text, message) => {
    expect(failure(text)).toBe(message);
  });
});
