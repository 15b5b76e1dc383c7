import { describe, expect, it } from 'vitest';
import { decisionOf, farAt, limitsOf, thresholdAt } from '../../../src/weights/calibration';
import { MOBILE_FACE_NET, FACENET } from '../../../src/weights/registry';
import { errorCode } from './errorCode';

describe.each([FACENET, MOBILE_FACE_NET])('calibration of $id', (row) => {
  it('gives the row its own threshold at its own false-accept rate', () => {
    expect(thresholdAt(row, row.defaultFar)).toBe(row.threshold);
    expect(farAt(row, row.threshold)).toBeCloseTo(row.defaultFar, 12);
  });

  it('gives the normalised and the plain distance of one rate, and a far smaller one for one person', () => {
    const own = limitsOf(row, null);
    expect(own.plain).toBe(row.threshold);
    expect(own.normalised).toBe(decisionOf(row).threshold);
    const strict = limitsOf(row, 1e-4);
    expect(farAt(row, strict.plain)).toBeCloseTo(1e-4, 12);
    expect(farAt(row.cohort, strict.normalised)).toBeCloseTo(1e-4, 12);
    expect(strict.twice).toBe(own.twice);
    expect(farAt(row.cohort, own.twice)).toBeCloseTo(1e-5, 12);
  });

  it('passes through every point that was measured', () => {
    for (const { far, distance } of row.calibration) {
      expect(thresholdAt(row, far)).toBeCloseTo(distance, 12);
      expect(farAt(row, distance) / far).toBeCloseTo(1, 9);
    }
  });

  it('never falls as the distance grows, and stays within 0 and 1', () => {
    let before = 0;
    for (let distance = -0.5; distance < 4; distance += 0.005) {
      const far = farAt(row, distance);
      expect(far).toBeGreaterThanOrEqual(before);
      expect(far).toBeLessThanOrEqual(1);
      before = far;
    }
    expect(farAt(row, 0)).toBe(0);
    expect(farAt(row, 2.1)).toBe(1);
    expect(farAt(row, Infinity)).toBe(1);
    expect(farAt(row, NaN)).toBe(0);
  });

  it('is one function and its inverse, beyond the measured ends too', () => {
    for (const far of [1e-7, 1e-6, 3e-5, 4e-4, 3e-3, 0.02, 0.1])
      expect(farAt(row, thresholdAt(row, far)) / far).toBeCloseTo(1, 9);
    expect(thresholdAt(row, 1e-300)).toBe(0);
  });

  it.each([0, -1, 1, NaN])('refuses the rate %d', (far) => {
    expect(errorCode(() => thresholdAt(row, far))).toBe('config/bad-value');
  });
});
