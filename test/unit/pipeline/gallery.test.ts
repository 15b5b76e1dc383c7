import { expect, test } from 'vitest';
import { packGallery } from '../../../src/pipeline/gallery';

const face = (person: string, modelId: string, ...vector: number[]) => ({
  person,
  embedding: { modelId, vector: Float32Array.from(vector) },
});

test('a gallery holds the faces of its model, a row each, and says whose each is', () => {
  const faces = [face('b', 'm', 1, 0), face('a', 'm', 0, 1), face('c', 'other', 1, 1, 1), face('b', 'm', 0.6, 0.8)];
  const { modelId, people, personOf, vectors, codes } = packGallery(faces, 'm');
  expect({ modelId, people }).toEqual({ modelId: 'm', people: ['b', 'a'] });
  expect([...personOf]).toEqual([0, 1, 0]);
  expect(vectors).toEqual(Float32Array.of(1, 0, 0, 1, 0.6, 0.8));
  expect(codes.errors).toHaveLength(3);
});

test('a gallery without a face of its model is empty', () => {
  const { people, personOf, vectors } = packGallery([face('c', 'other', 1)], 'm');
  expect([people.length, personOf.length, vectors.length]).toEqual([0, 0, 0]);
});

test('embeddings of another length than their model’s are left out and counted, whatever their order', () => {
  const [short, ...whole] = [face('a', 'm', 1), face('b', 'm', 1, 0), face('c', 'm', 0, 1)];
  for (const faces of [
    [short, ...whole],
    [...whole, short],
  ]) {
    const { people, vectors, leftOut } = packGallery(faces, 'm');
    expect({ people, vectors, leftOut }).toEqual({
      people: ['b', 'c'],
      vectors: Float32Array.of(1, 0, 0, 1),
      leftOut: 1,
    });
  }
  expect(packGallery([short, face('d', 'm', 2), ...whole.slice(1)], 'm', 2)).toMatchObject({
    people: ['c'],
    leftOut: 2,
  });
});
