import { expect, test } from 'vitest';
import { mulberry32 } from '../../../../src/core/random';
import { boxIou, type Candidate } from '../../../../src/pipeline/detect/boxes';
import { nms } from '../../../../src/pipeline/detect/nms';

const box = (x0: number, y0: number, x1: number, y1: number, score: number): Candidate => ({ x0, y0, x1, y1, score });

test('the best of overlapping boxes is kept, the best first, and far ones stay', () => {
  const kept = nms([box(1, 1, 11, 11, 0.8), box(50, 50, 60, 60, 0.7), box(0, 0, 10, 10, 0.9)], 0.5, 'union');
  expect(kept.map(({ score }) => score)).toEqual([0.9, 0.7]);
});

test('a box inside a larger one survives by union and falls by the smaller area', () => {
  const nested = [box(0, 0, 100, 100, 0.9), box(30, 30, 60, 60, 0.8)];
  expect(nms(nested, 0.7, 'union')).toHaveLength(2);
  expect(nms(nested, 0.7, 'smaller')).toHaveLength(1);
});

test('an overlap of exactly the limit is allowed', () => {
  // shared 50, union 150
  expect(nms([box(0, 0, 10, 10, 0.9), box(0, 5, 10, 15, 0.8)], 1 / 3, 'union')).toHaveLength(2);
});

test('what is kept never overlaps more than the limit, and what is dropped overlaps something better', () => {
  const random = mulberry32(3);
  const many = Array.from({ length: 300 }, () => {
    const [x, y, side] = [random() * 100, random() * 100, 5 + random() * 30];
    return box(x, y, x + side, y + side, random());
  });
  const kept = nms(many, 0.5, 'union');
  for (const a of kept) for (const b of kept) if (a !== b) expect(boxIou(a, b)).toBeLessThanOrEqual(0.5);
  for (const dropped of many.filter((one) => !kept.includes(one)))
    expect(kept.some((one) => one.score >= dropped.score && boxIou(one, dropped) > 0.5)).toBe(true);
});

test('no boxes give no boxes, and an empty box removes nothing', () => {
  expect(nms([], 0.5, 'union')).toEqual([]);
  expect(nms([box(5, 5, 5, 5, 0.9), box(0, 0, 10, 10, 0.8)], 0.5, 'smaller')).toHaveLength(2);
});
