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
  ['not JSON', 'it is not JSON', (text: string) => text.slice(1)],
  ['cut off numbers', 'its vectors are cut off', (text: string) => text.replace(/"vectors":"[^"]{8}/, '"vectors":"')],
  [
    'another program’s',
    'it was not written by this program',
    (text: string) => text.replace('facenet-web classifier', 'other'),
  ],
  ['a newer version', 'its version is 2, known is 1', (text: string) => text.replace('"version":1', '"version":2')],
  ['a label beyond the people', 'its labels are wrong', (text: string) => text.replace('"labels":[0', '"labels":[77')],
  ['an unknown kind', 'its kind is not known', (text: string) => text.replace('"kind":"svm"', '"kind":"tree"')],
  ['no people', 'it names no people', (text: string) => text.replace(/"classes":\[[^\]]*\]/, '"classes":[]')],
  ['a slope that is none', 'its slope is wrong', (text: string) => text.replace(/"slope":[\d.]+/, '"slope":null')],
  ['an endless slope', 'its slope is wrong', (text: string) => text.replace(/"slope":[\d.]+/, '"slope":1e999')],
  [
    'two people of one name',
    'two of its people have the same name',
    (text: string) => text.replace('"person 1"', '"person 0"'),
  ],
  ['a path as its model', 'it names no model', (text: string) => text.replace('"model":"m"', '"model":"/etc/passwd"')],
  [
    'a path below here as its model',
    'it names no model',
    (text: string) => text.replace('"model":"m"', '"model":"./weights"'),
  ],
  [
    'a file as its model',
    'it names no model',
    (text: string) => text.replace('"model":"m"', '"model":"my.safetensors"'),
  ],
  [
    'another machine’s file',
    'it names no model',
    (text: string) => text.replace('"model":"m"', '"model":"\\\\\\\\host\\\\share"'),
  ],
  [
    'a label that wraps around',
    'its labels are wrong',
    (text: string) => text.replace('"labels":[0', '"labels":[4294967296'),
  ],
  ['no size', 'its size is wrong', (text: string) => text.replace('"size"', '"sizes"')],
  ['something else', 'it was not written by this program', () => '{}'],
  ['a list', 'it was not written by this program', () => '[]'],
  ['nothing', 'it was not written by this program', () => 'null'],
])('a file that is %s is refused: %s', (_, reason, damage) => {
  const text = damage(writeClassifier({ model: 'm', classifier: trainClassifier('svm', known, { seed: 1 }) }));
  expect(() => readClassifier(text, 'a.json')).toThrow(`a.json is not a classifier that can be used here: ${reason}.`);
});
