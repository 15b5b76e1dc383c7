import { describe, expect, test } from 'vitest';
import { isLying, leanOf, mayLie } from '../../../src/client/lying';
import type { Detection } from '../../../src/core/types';

/** A face whose eyes are level after a turn by `degrees`. */
function face(degrees: number, score = 0.999): Detection {
  const turn = (degrees * Math.PI) / 180;
  const at = (x: number, y: number) => ({
    x: 100 + x * Math.cos(turn) - y * Math.sin(turn),
    y: 100 + x * Math.sin(turn) + y * Math.cos(turn),
  });
  const points = [at(-20, -20), at(20, -20), at(0, 0), at(-15, 20), at(15, 20)];
  return { box: { x0: 50, y0: 50, x1: 150, y1: 150 }, score, points } as unknown as Detection;
}

const one = (...detections: Detection[]) => detections.map((detection) => ({ detection }));

describe('leanOf', () => {
  test.each([0, 20, 90, 135, 180])('a face turned by %i degrees leans so far, to either side', (degrees) => {
    expect(leanOf(face(degrees))).toBeCloseTo(degrees, 5);
    expect(leanOf(face(-degrees))).toBeCloseTo(degrees, 5);
  });
});

describe('isLying', () => {
  test('from the eyes: not a tilted head, but one on its side or upside down', () => {
    expect([0, 30, -30].map((degrees) => isLying(face(degrees)))).toEqual([false, false, false]);
    expect([40, -90, 180].map((degrees) => isLying(face(degrees)))).toEqual([true, true, true]);
  });
});

describe('mayLie', () => {
  test('no face, none surely, or one that leans strongly', () => {
    expect(mayLie([])).toBe(true);
    expect(mayLie(one(face(0, 0.9), face(5, 0.98)))).toBe(true);
    expect(mayLie(one(face(0), face(80)))).toBe(true);
  });

  test('not where one is surely upright and none leans: a patch on a sleeve beside it is unsure', () => {
    expect(mayLie(one(face(10)))).toBe(false);
    expect(mayLie(one(face(0), face(3, 0.7)))).toBe(false);
  });
});
