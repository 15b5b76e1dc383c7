/** The people of the app over a real store in memory: a letter is a face, and the same letter the same person. */
import { beforeEach, expect, test, vi } from 'vitest';
import { People } from '../../../../src/app/people/people.svelte';
import type { Engine } from '../../../../src/app/shell/engine.svelte';
import { FaceError } from '../../../../src/core/errors';
import type { Store } from '../../../../src/store/schema';
import { openStore } from '../../../../src/store/store';
import { embeddingOf, faceOf, scriptedEngine, type Script } from '../scriptedEngine';

let store: Store;
let engine: Engine;
let script: Script;
let people: People;
const names = () => people.list.map(({ name, faces }) => `${name} ${faces.length}`);

beforeEach(async () => {
  store = await openStore();
  ({ engine, script } = await scriptedEngine(store));
  people = new People(store.people, engine);
  engine.onModel(() => people.sync());
  await engine.start();
});

test('a face is added to the person of that name whatever its spelling, and Undo takes it back', async () => {
  await people.enrol('Ada', [faceOf('A')]);
  const undo = await people.enrol(' ada ', [faceOf('B')]);
  expect(names()).toEqual(['Ada 2']);
  await undo();
  expect(names()).toEqual(['Ada 1']);
  const undoNew = await people.enrol('Bob', [faceOf('C')]);
  await undoNew();
  expect(names()).toEqual(['Ada 1']);
});

test('removing and merging can be undone with all faces', async () => {
  await people.enrol('Ada', [faceOf('A'), faceOf('B')]);
  await people.enrol('Bob', [faceOf('C')]);
  const [ada, bob] = [people.named('Ada')!, people.named('Bob')!];
  const undoMerge = await people.merge(ada.id, bob.id);
  expect(names()).toEqual(['Bob 3']);
  await undoMerge();
  expect(names()).toEqual(['Ada 2', 'Bob 1']);
  const undoRemove = await people.remove(ada.id);
  expect(names()).toEqual(['Bob 1']);
  await undoRemove();
  expect(people.named('Ada')!.faces.map(({ id }) => id)).toEqual(ada.faces.map(({ id }) => id));
});

test('faces that are split off become a person with the next free number', async () => {
  await people.enrol('Ada (2)', [faceOf('X')]);
  await people.enrol('Ada', [faceOf('A'), faceOf('B')]);
  const ada = people.named('Ada')!;
  const { made, undo } = await people.split(ada, [ada.faces[1]!]);
  expect(made.name).toBe('Ada (3)');
  expect(names()).toEqual(['Ada 1', 'Ada (2) 1', 'Ada (3) 1']);
  await undo();
  expect(names()).toEqual(['Ada 2', 'Ada (2) 1']);
});

test('a face that was named before is recognised, and its correction renames, moves or parts it', async () => {
  await people.enrol('Ada', [faceOf('A', 'crew.jpg')]);
  const found = () => people.sameFace(embeddingOf('A'), { kind: 'picture', name: 'crew.jpg' })!;
  expect(people.sameFace(embeddingOf('A'), { kind: 'picture', name: 'other.jpg' })).toBeNull();
  await people.reassign(found(), 'Grace');
  expect(names(), 'an only face takes its person along').toEqual(['Grace 1']);
  await people.enrol('Grace', [faceOf('B')]);
  await people.reassign(found(), 'Ada');
  expect(names(), 'one of several becomes a person').toEqual(['Ada 1', 'Grace 1']);
  await people.reassign(found(), 'Grace');
  expect(names(), 'and goes back to one who is there').toEqual(['Grace 2']);
});

test('after a change of model faces are embedded again from their crops, and the gallery is given again', async () => {
  const whole: boolean[] = [];
  people.onGallery(async (isWhole) => void whole.push(isWhole));
  await people.enrol('Ada', [faceOf('A')]);
  script.state = { ...script.state, model: 'n' };
  await engine.start();
  await vi.waitFor(() => expect(people.list[0]!.faces[0]!.embedding).toEqual(embeddingOf('A', 'n')));
  await vi.waitFor(() => expect(people.reembedding).toBeNull());
  expect(whole, 'not whole while faces are being embedded').toEqual([true, false, true]);
});

test('a failure to embed is said and not repeated by itself; the next sync tries again', async () => {
  await people.enrol('Ada', [faceOf('A')]);
  script.before = (op) => {
    if (op === 'embedStored') throw new FaceError('worker/crashed');
  };
  script.state = { ...script.state, model: 'n' };
  await engine.start();
  await vi.waitFor(() => expect(people.error?.code).toBe('worker/crashed'));
  expect(script.asked.filter((op) => op === 'embedStored')).toHaveLength(1);
  script.before = () => undefined;
  await people.sync();
  await vi.waitFor(() => expect(people.list[0]!.faces[0]!.embedding.modelId).toBe('n'));
  await vi.waitFor(() => expect(people.error).toBeNull());
});
