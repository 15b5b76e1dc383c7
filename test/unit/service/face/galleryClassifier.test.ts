import { expect, test } from 'vitest';
import { packGallery } from '../../../../src/pipeline/gallery';
import { matchFace } from '../../../../src/pipeline/match';
import { plainMatching } from '../../../fixtures/matching';
import { logisticClassifier } from '../../../../src/service/face/galleryClassifier';
import { madeUpPeople, vectorAt } from '../../classify/people';

const people = madeUpPeople(4, 6);
const faces = [...people.labels].map((label, i) => ({
  person: people.classes[label]!,
  embedding: { modelId: 'm', vector: vectorAt(people, i) },
}));
const gallery = packGallery(faces, 'm');

test('the classifier names people of the gallery, and strangers stay unknown', () => {
  const classifier = logisticClassifier(gallery);
  for (const { person, embedding } of faces)
    expect(matchFace(embedding, plainMatching(gallery, 2, classifier)).person).toBe(person);
  const stranger = { modelId: 'm', vector: vectorAt(madeUpPeople(1, 1, { seed: 77 }), 0) };
  expect(matchFace(stranger, plainMatching(gallery, 0.3, classifier)).person).toBeNull();
});

test('nobody and one person alone need no classifier', () => {
  expect(logisticClassifier(packGallery(faces, 'other'))).toBeNull();
  expect(logisticClassifier(packGallery(faces.slice(0, 6), 'm'))).toBeNull();
});
