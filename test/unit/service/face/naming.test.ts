import { expect, test } from 'vitest';
import { packGallery } from '../../../../src/pipeline/gallery';
import { matchFace } from '../../../../src/pipeline/match';
import { plainRule } from '../../../fixtures/matching';
import { logisticHead } from '../../../../src/service/face/naming';
import { madeUpPeople, vectorAt } from '../../classify/people';

const people = madeUpPeople(4, 6);
const faces = [...people.labels].map((label, i) => ({
  person: people.classes[label]!,
  embedding: { modelId: 'm', vector: vectorAt(people, i) },
}));
const gallery = packGallery(faces, 'm');

test('the classifier names people of the gallery, and strangers stay unknown', () => {
  const head = logisticHead(gallery);
  for (const { person, embedding } of faces)
    expect(matchFace(embedding, gallery, plainRule(2, head)).person).toBe(person);
  const stranger = { modelId: 'm', vector: vectorAt(madeUpPeople(1, 1, { seed: 77 }), 0) };
  expect(matchFace(stranger, gallery, plainRule(0.3, head)).person).toBeNull();
});

test('nobody and one person alone need no classifier', () => {
  expect(logisticHead(packGallery(faces, 'other'))).toBeNull();
  expect(logisticHead(packGallery(faces.slice(0, 6), 'm'))).toBeNull();
});
