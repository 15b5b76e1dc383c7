import { describe, expect, test } from 'vitest';
import { mulberry32 } from '../../../src/core/random';
import type { GalleryFace } from '../../../src/core/types';
import { euclidean } from '../../../src/core/vectors';
import { packGallery } from '../../../src/pipeline/gallery';
import { matchFace, NOBODY } from '../../../src/pipeline/match';
import { plainMatching } from '../../fixtures/matching';

const face = (person: string, ...numbers: number[]): GalleryFace => ({
  person,
  embedding: { modelId: 'm', vector: Float32Array.from(numbers) },
});
const probe = (...numbers: number[]) => face('', ...numbers).embedding;

describe('matchFace', () => {
  const gallery = packGallery([face('ann', 0, 0), face('bob', 4, 0), face('ann', 1, 0)], 'm');

  test('the nearest face names the person, and the runner-up is another person, not another face', () => {
    expect(matchFace(probe(1, 0.5), plainMatching(gallery, 1))).toEqual({
      person: 'ann',
      nearest: 'ann',
      distance: 0.5,
      certainty: expect.closeTo(0.95 ** 2, 12) as number,
      second: 'bob',
      secondDistance: Math.sqrt(9.25),
      normalised: 0.5,
      secondNormalised: Math.sqrt(9.25),
    });
  });

  test('beyond the threshold the face is unknown, and the nearest person is still given', () => {
    const match = matchFace(probe(1, 2), plainMatching(gallery, 1));
    expect(match).toMatchObject({ person: null, nearest: 'ann', distance: 2 });
  });

  test('a distance of exactly the threshold is the person', () => {
    expect(matchFace(probe(1, 1), plainMatching(gallery, 1)).person).toBe('ann');
  });

  test('one person alone has no runner-up', () => {
    const alone = packGallery([face('ann', 0, 0), face('ann', 1, 0)], 'm');
    expect(matchFace(probe(0, 0), plainMatching(alone, 1))).toMatchObject({
      person: 'ann',
      second: null,
      secondDistance: null,
    });
  });

  test("nobody is near when the gallery is empty or holds another model's faces", () => {
    expect(matchFace(probe(0, 0), plainMatching(packGallery([], 'm'), 1))).toEqual(NOBODY);
    expect(matchFace(probe(0, 0), plainMatching(packGallery([face('ann', 0, 0)], 'other'), 1))).toEqual(NOBODY);
    expect(matchFace({ ...probe(0, 0), modelId: 'other' }, plainMatching(gallery, 1))).toEqual(NOBODY);
  });

  test('the same as a plain search, to the last bit, over many faces of many people', () => {
    const random = mulberry32(9);
    const numbers = (): number[] => Array.from({ length: 100 }, () => random() - 0.5);
    const faces = Array.from({ length: 400 }, (_, i) => face(`p${(i * 7) % 53}`, ...numbers()));
    // Near ones too, as a person's faces are, and one that two people have.
    for (let i = 0; i < 200; i++) {
      const near = faces[i]!.embedding.vector.map((value) => value + 1e-2 * (random() - 0.5));
      faces.push(face(`p${(i * 5) % 53}`, ...near));
    }
    faces.push(face('twin', ...faces[0]!.embedding.vector));
    const packed = packGallery(faces, 'm');
    const probes = [
      ...Array.from({ length: 50 }, () => probe(...numbers())),
      ...faces.map(({ embedding }) => embedding),
    ];
    for (const wanted of probes) {
      const distances = new Map<string, number>();
      for (const { person, embedding } of faces) {
        const distance = euclidean(wanted.vector, embedding.vector);
        distances.set(person, Math.min(distance, distances.get(person) ?? Infinity));
      }
      const [first, second] = [...distances].sort((a, b) => a[1] - b[1]);
      expect(matchFace(wanted, plainMatching(packed, 9))).toMatchObject({
        nearest: first![0],
        distance: first![1],
        second: second![0],
        secondDistance: second![1],
      });
    }
  });
});
