import { describe, expect, test } from 'vitest';
import { CLASSIFIER_KINDS, trainClassifier } from '../../../src/classify/classifier';
import { nameFace, readClassifier, writeClassifier } from '../../../src/classify/file';
import { pickSamples } from '../../../src/classify/samples';
import { euclidean } from '../../../src/core/vectors';
import { madeUpPeople, vectorAt } from './people';

const people = madeUpPeople(5, 8);
const even = [...people.labels.keys()].filter((i) => i % 2 === 0);
const odd = [...people.labels.keys()].filter((i) => i % 2 === 1);
const known = pickSamples(people, even);

describe.each(CLASSIFIER_KINDS)('%s', (kind) => {
  const classifier = trainClassifier(kind, known, { seed: 1 });

  test('comes back from its file as it was', () => {
    const text = writeClassifier({ model: 'facenet', classifier });
    expect(readClassifier(text, 'a.json')).toEqual({ model: 'facenet', classifier });
  });

  test('a stranger is unknown, and the nearest person is still given', () => {
    const stranger = madeUpPeople(1, 1, { seed: 99 });
    const vector = vectorAt(stranger, 0);
    const scales = new Float64Array(classifier.samples.count).fill(1);
    const answer = nameFace({ classifier }, scales, { vector, scale: 1 }, 0.9);
    expect(answer.name).toBeNull();
    const own = even.filter((i) => people.classes[people.labels[i]!] === answer.nearest);
    expect(answer.distance).toBeCloseTo(Math.min(...own.map((i) => euclidean(vectorAt(people, i), vector))), 6);
    expect(nameFace({ classifier }, scales, { vector: vectorAt(people, odd[0]!), scale: 1 }, 0.9).name).toBe(
      'person 0',
    );
  });
});

test.each([
  ['not JSON', (text: string) => text.slice(1)],
  ['cut off numbers', (text: string) => text.replace(/"vectors":"[^"]{8}/, '"vectors":"')],
  ['another program’s', (text: string) => text.replace('facenet-web classifier', 'other')],
  ['a newer version', (text: string) => text.replace('"version":1', '"version":2')],
  ['a label beyond the people', (text: string) => text.replace('"labels":[0', '"labels":[77')],
  ['an unknown kind', (text: string) => text.replace('"kind":"svm"', '"kind":"tree"')],
  ['no people', (text: string) => text.replace(/"classes":\[[^\]]*\]/, '"classes":[]')],
  ['a slope that is none', (text: string) => text.replace(/"slope":[\d.]+/, '"slope":null')],
  ['an endless slope', (text: string) => text.replace(/"slope":[\d.]+/, '"slope":1e999')],
  ['two people of one name', (text: string) => text.replace('"person 1"', '"person 0"')],
  ['a path as its model', (text: string) => text.replace('"model":"m"', '"model":"/etc/passwd"')],
  ['a path below here as its model', (text: string) => text.replace('"model":"m"', '"model":"./weights"')],
  ['a file as its model', (text: string) => text.replace('"model":"m"', '"model":"my.safetensors"')],
  ['another machine’s file', (text: string) => text.replace('"model":"m"', '"model":"\\\\\\\\host\\\\share"')],
])('a file that is %s is refused in a sentence', (_, damage) => {
  const text = damage(writeClassifier({ model: 'm', classifier: trainClassifier('svm', known, { seed: 1 }) }));
  expect(() => readClassifier(text, 'a.json')).toThrow(/^a\.json is not a classifier that can be used here: /);
});
