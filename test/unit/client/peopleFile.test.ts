import { expect, test } from 'vitest';
import { peopleJson, readPeople, type KnownPerson } from '../../../src/client/peopleFile';
import { FaceError } from '../../../src/core/errors';

const detection = {
  box: { x0: 1, y0: 2, x1: 3.5, y1: 4 },
  score: 0.99,
  points: [1, 2, 3, 4, 5].map((x) => ({ x, y: -x })) as never,
};
const people: KnownPerson[] = [
  {
    name: 'Zoë',
    faces: [
      {
        embedding: { modelId: 'm', vector: Float32Array.of(0.25, -1, 1 / 3), cohortMean: { cohort: 'c', mean: 0.5 } },
        crop: { picture: Uint8Array.of(0, 255, 7), type: 'image/jpeg', scale: 0.5, detection },
      },
      { embedding: { modelId: 'm', vector: Float32Array.of(1) }, crop: null },
    ],
  },
  { name: 'Nobody', faces: [] },
];

test('people come back from their JSON as they were, to the bit', () => {
  expect(readPeople(JSON.parse(JSON.stringify(peopleJson(people))))).toEqual(people);
});

const face = { model: 'm', vector: 'AACAPw==', crop: null };
test.each([
  ['a text', 'people', ''],
  ['another version', { version: 2, people: [] }, 'version'],
  ['a name that nobody sees', { version: 1, people: [{ name: '\u200b ', faces: [] }] }, 'people.0.name'],
  ['no base64', { version: 1, people: [{ name: 'a', faces: [{ ...face, vector: '?' }] }] }, 'people.0.faces.0.vector'],
  ['half a number', { version: 1, people: [{ name: 'a', faces: [{ ...face, vector: 'AACA' }] }] }, 'vector'],
  ['no finite number', { version: 1, people: [{ name: 'a', faces: [{ ...face, vector: 'AADAfw==' }] }] }, 'vector'],
  [
    'a script for a picture',
    {
      version: 1,
      people: [{ name: 'a', faces: [{ ...face, crop: { picture: '', type: 'text/html', scale: 1, detection } }] }],
    },
    'crop.type',
  ],
])('%s is refused, with its place', (_, value, place) => {
  try {
    readPeople(value);
    expect.unreachable();
  } catch (thrown) {
    expect((thrown as FaceError).code).toBe('people/bad-json');
    expect((thrown as FaceError).message).toContain(place);
  }
});
