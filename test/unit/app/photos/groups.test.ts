import { expect, test } from 'vitest';
import {
  assignmentsOf,
  chooseFaces,
  groupingRequest,
  groupingState,
  knownFaces,
  markOf,
  PERSON_FACES,
  stillTrue,
} from '../../../../src/app/photos/groups';
import type { Person } from '../../../../src/app/people/people.svelte';
import type { Embedding } from '../../../../src/core/types';
import type { PhotoFace } from '../../../../src/store/photoSchema';

function face(id: string, photoId: string, more: Partial<PhotoFace> = {}): PhotoFace {
  const box = { x0: 0, y0: 0, x1: 1, y1: 1 };
  const quality = { size: 1, sharpness: 1, brightness: 1 };
  return { id, photoId, box, score: 1, quality, personId: null, confirmed: false, group: null, ...more };
}
function embedding(...numbers: number[]): Embedding {
  return { modelId: 'm', vector: Float32Array.from(numbers) };
}

test('a group gets an id once and keeps it when faces join; one alone has none', () => {
  const faces = [face('a', '1'), face('b', '2'), face('c', '3')];
  const first = assignmentsOf(faces, [], [0, 0, 1]);
  expect(first).toEqual(
    new Map([
      ['a', { personId: null, confirmed: false, group: 'a' }],
      ['b', { personId: null, confirmed: false, group: 'a' }],
    ]),
  );
  const later = [face('n', '0'), face('b', '2', { group: 'a' }), face('a', '1', { group: 'a' })];
  expect(assignmentsOf(later, [], [0, 0, 0])).toEqual(
    new Map([['n', { personId: null, confirmed: false, group: 'a' }]]),
  );
  expect(assignmentsOf([face('a', '1', { group: 'a' })], [], [0]).get('a')!.group).toBeNull();
});

test('a group that falls apart leaves its id to the larger part', () => {
  const faces = ['a', 'b', 'c', 'd', 'e'].map((id) => face(id, id, { group: 'a' }));
  const changes = assignmentsOf(faces, [], [0, 0, 1, 1, 1]);
  expect([...changes.keys()]).toEqual(['a', 'b']);
  expect(changes.get('a')!.group).toBe(changes.get('b')!.group);
  expect(changes.get('a')!.group).not.toBe('a');
});

test('faces that look like a known person become that person’s, whether known from photos or from elsewhere', () => {
  const faces = [face('a', '1', { personId: 'p', confirmed: true }), face('b', '2', { group: 'b' }), face('c', '3')];
  const changes = assignmentsOf(faces, [{ id: 'k', personId: 'q', embedding: embedding(1) }], [0, 0, 1, 1]);
  expect(changes).toEqual(
    new Map([
      ['b', { personId: 'p', confirmed: false, group: null }],
      ['c', { personId: 'q', confirmed: false, group: null }],
    ]),
  );
});

test('pictures and people are numbered apart, and a person’s face that is in the photos is not counted twice', () => {
  const faces = [face('a', '1', { personId: 'p' }), face('b', '1')];
  const embeddings = new Map([
    ['a', embedding(1, 2)],
    ['b', embedding(3, 4)],
  ]);
  const person = (id: string, ...list: Embedding[]): Person =>
    ({
      id,
      name: id,
      createdAt: 0,
      faces: list.map((e, i) => ({ id: `${id}${i}`, embedding: e })),
    }) as unknown as Person;
  const people = [
    person('p', embedding(1, 2), embedding(5, 6), { modelId: 'other', vector: new Float32Array(2) }),
    person('q', embedding(7, 8)),
  ];
  const known = knownFaces(people, faces, embeddings, 'm', 40);
  expect(known.map(({ personId, embedding: { vector } }) => [personId, ...vector])).toEqual([
    ['p', 5, 6],
    ['q', 7, 8],
  ]);
  const { request, order } = groupingRequest(faces, embeddings, known, new Set());
  expect(order).toEqual([0, 1, 2, 3]);
  expect(request.embeddings.map(({ vector }) => [...vector])).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
    [7, 8],
  ]);
  expect(request.photos[0]).toBe(request.photos[1]);
  expect([...request.photos.slice(2)]).toEqual([-1, -1]);
  expect(request.people[1]).toBe(-1);
  expect(request.people[0]).toBe(request.people[2]);
  expect(request.people[3]).not.toBe(request.people[0]);
});

test('what was grouped before comes first with its groups, so that only the rest is compared', () => {
  const old = [face('a', '1', { group: 'a' }), face('b', '2', { group: 'a' }), face('c', '3'), face('d', '4')];
  const embeddings = new Map(['n', 'a', 'b', 'c', 'd'].map((id, i) => [id, embedding(i)]));
  const known = [{ id: 'k', personId: 'q', embedding: embedding(9) }];
  const grouped = new Set([...old, ...known].map(markOf));
  const faces = [face('n', '1'), ...old.slice(0, 3), { ...old[3]!, personId: 'p', confirmed: true }];
  const { request, order } = groupingRequest(faces, embeddings, known, grouped);
  // Who has been named meanwhile is compared again.
  expect(order).toEqual([1, 2, 3, 5, 0, 4]);
  expect(request).toMatchObject({ from: 4 });
  const groups = [...(('groups' in request ? request.groups : undefined) ?? [])];
  expect(groups[0]).toBe(groups[1]);
  expect(groups[0]).toBeGreaterThanOrEqual(0);
  expect(groups.slice(2)).toEqual([-1, -1, -1, -1]);
  expect(request.embeddings.map(({ vector }) => vector[0])).toEqual([1, 2, 3, 9, 0, 4]);
  expect(request.photos[4]).toBe(request.photos[0]);
  const most = groupingRequest(faces, embeddings, [], new Set([markOf(old[0]!)]));
  expect('from' in most.request).toBe(false);
});

test('some faces stand for a named person, and who is said to be nobody is left alone', () => {
  const named = Array.from({ length: PERSON_FACES + 5 }, (_, i) => face(`p${i}`, `${i}`, { personId: 'p' }));
  const nobody = face('n', 'n', { confirmed: true });
  const open = ['a', 'b', 'c'].map((id) => face(id, id));
  expect(chooseFaces([...named, nobody, ...open])).toEqual([...named.slice(0, PERSON_FACES), ...open]);
});

test('what the user has said of a face while it was being grouped stands', () => {
  const before = ['a', 'b', 'c', 'd'].map((id) => face(id, id));
  const change = { personId: null, confirmed: false, group: 'a' };
  const changes = new Map(before.map(({ id }) => [id, change]));
  const now = [
    before[0]!,
    { ...before[1]!, personId: 'p', confirmed: true },
    { ...before[2]!, confirmed: true },
    face('e', 'd'), // the picture of d was read again
  ];
  expect(stillTrue(changes, before, now)).toEqual(new Map([['a', change]]));
});

test('the state of a grouping changes with whatever a grouping goes by, and with nothing else', async () => {
  const faces = [face('a', '1'), face('b', '2', { group: 'a' })];
  const person = { id: 'p', name: 'Ada', createdAt: 0, faces: [{ id: 'f' }] } as unknown as Person;
  const state = await groupingState('m', faces, [person]);
  expect(await groupingState('m', faces.toReversed(), [{ ...person, name: 'Grace' }])).toBe(state);
  for (const [model, others, people] of [
    ['n', faces, [person]],
    ['m', [faces[0]!], [person]],
    ['m', [faces[0]!, face('b', '2')], [person]],
    ['m', [faces[0]!, face('b', '2', { group: 'a', confirmed: true })], [person]],
    ['m', faces, []],
    ['m', faces, [{ ...person, faces: [] }]],
  ] as const)
    expect(await groupingState(model, others, people)).not.toBe(state);
});
