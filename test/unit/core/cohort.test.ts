import { describe, expect, test } from 'vitest';
import { cohortMean, createCohort, faceScale, knownScale, scaleOf, withMean } from '../../../src/core/cohort';
import { mulberry32 } from '../../../src/core/random';
import type { Embedding } from '../../../src/core/types';
import { l2Normalise } from '../../../src/core/vectors';
import { packGallery } from '../../../src/pipeline/gallery';
import { matchFace } from '../../../src/pipeline/match';
import { FACENET } from '../../../src/weights/registry';

const SIZE = 64;
const random = mulberry32(3);
const drawn = (spread = 1, around?: Float32Array): Float32Array =>
  l2Normalise(Float32Array.from({ length: SIZE }, (_, k) => (around?.[k] ?? 0) + spread * (random() - 0.5)));
/** Centres far from each other, and 30 close together round one direction: a dense kind of face. */
const dense = drawn();
const centres = [...Array.from({ length: 40 }, () => drawn()), ...Array.from({ length: 30 }, () => drawn(0.15, dense))];
const packed = Float32Array.from(centres.flatMap((centre) => [...centre]));
const cohort = createCohort({ id: 'c', nearest: 5, power: 0.4, reference: 0.5 }, SIZE, packed);

describe('a face’s mean cosine to the cohort', () => {
  test('is a plain search’s, to the last bit', () => {
    for (const vector of [...Array.from({ length: 30 }, () => drawn()), ...centres, drawn(0.2, dense)]) {
      const squared = centres.map((_, row) => {
        let sum = 0;
        for (let k = 0; k < SIZE; k++) sum += (vector[k]! - cohort.centres[row * SIZE + k]!) ** 2;
        return sum;
      });
      const nearest = squared.sort((a, b) => a - b).slice(0, 5);
      expect(cohortMean(cohort, vector)).toBe(1 - nearest.reduce((sum, value) => sum + value, 0) / 10);
    }
  });

  test('is larger for a face of a dense kind, whose distances are then multiplied by more', () => {
    const [kin, other] = [cohortMean(cohort, drawn(0.15, dense)), cohortMean(cohort, drawn())];
    expect(kin).toBeGreaterThan(other + 0.2);
    expect(faceScale(cohort, kin)).toBeGreaterThan(1.1 * faceScale(cohort, other));
    expect(faceScale(cohort, 0.5), 'the reference').toBe(1);
    expect(faceScale(cohort, 1), 'no scale is without bounds').toBeCloseTo(faceScale(cohort, 0.98), 9);
  });

  test('is carried with the embedding, and recomputed for another cohort', () => {
    const plain: Embedding = { modelId: 'm', vector: drawn() };
    const carried = withMean(cohort, plain);
    expect(carried.cohortMean).toEqual({ cohort: 'c', mean: cohortMean(cohort, plain.vector) });
    expect(withMean(cohort, carried)).toBe(carried);
    expect(withMean(null, plain)).toBe(plain);
    expect(scaleOf(cohort, carried)).toBe(scaleOf(cohort, plain));
    expect(scaleOf(cohort, { ...plain, cohortMean: { cohort: 'old', mean: 0.9 } })).toBe(scaleOf(cohort, plain));
    expect(scaleOf(null, carried)).toBe(1);
    expect(knownScale(cohort, carried)).toBe(scaleOf(cohort, plain));
    expect(knownScale(cohort, plain)).toBeNull();
    expect(knownScale(null, plain)).toBe(1);
  });
});

test('a dense kind of face gets a stricter distance: the same plain distance is unknown there and known elsewhere', () => {
  const rule = { threshold: 0.6, calibration: FACENET.calibration, cohort, classifier: null };
  const near = (face: Float32Array): Float32Array => {
    // At a plain distance of .6, whatever the direction.
    const away = drawn();
    const along = face.reduce((sum, value, k) => sum + value * away[k]!, 0);
    const across = l2Normalise(away.map((value, k) => value - along * face[k]!));
    const cosine = 1 - 0.6 ** 2 / 2;
    return face.map((value, k) => cosine * value + Math.sqrt(1 - cosine ** 2) * across[k]!);
  };
  const answer = (face: Float32Array) => {
    const gallery = packGallery([{ person: 'ann', embedding: { modelId: 'm', vector: face } }], 'm', SIZE, cohort);
    return matchFace({ modelId: 'm', vector: near(face) }, { gallery, ...rule });
  };
  const [kin, other] = [answer(drawn(0.15, dense)), answer(drawn())];
  expect([kin.distance, other.distance]).toEqual([expect.closeTo(0.6, 5), expect.closeTo(0.6, 5)]);
  expect(kin.person).toBeNull();
  expect(other.person).toBe('ann');
});

test('the search with a cohort is a plain search by normalised distance, to the last bit', () => {
  const faces = Array.from({ length: 500 }, (_, i) => ({
    person: `p${i % 61}`,
    embedding: { modelId: 'm', vector: i % 3 === 0 ? drawn(0.3, dense) : drawn() },
  }));
  const gallery = packGallery(faces, 'm', SIZE, cohort);
  for (const probe of [
    ...Array.from({ length: 40 }, () => drawn()),
    ...Array.from({ length: 40 }, () => drawn(0.3, dense)),
  ]) {
    const embedding = { modelId: 'm', vector: probe };
    const scale = scaleOf(cohort, embedding);
    const best = new Map<string, number>();
    for (const { person, embedding: known } of faces) {
      let sum = 0;
      for (let k = 0; k < SIZE; k++) sum += (probe[k]! - known.vector[k]!) ** 2;
      const normalised = Math.sqrt(sum) * scaleOf(cohort, known) * scale;
      best.set(person, Math.min(normalised, best.get(person) ?? Infinity));
    }
    const [first, second] = [...best].sort((a, b) => a[1] - b[1]);
    expect(
      matchFace(embedding, { gallery, threshold: 9, calibration: FACENET.calibration, cohort, classifier: null }),
    ).toMatchObject({
      nearest: first![0],
      normalised: first![1],
      second: second![0],
      secondNormalised: second![1],
    });
  }
});
