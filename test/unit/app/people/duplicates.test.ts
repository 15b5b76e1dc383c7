import { beforeEach, expect, test } from 'vitest';
import { People } from '../../../../src/app/people/people.svelte';
import { openStore } from '../../../../src/store/store';
import { embeddingOf, faceOf, scriptedEngine, type Script } from '../scriptedEngine';

let people: People;
let script: Script;
const pairs = () =>
  people.duplicates.pairs.map(({ a, b }) => [people.nameOf(a), people.nameOf(b)].sort().join(' and '));

beforeEach(async () => {
  const store = await openStore();
  const scripted = await scriptedEngine(store);
  script = scripted.script;
  people = new People(store.people, scripted.engine);
  scripted.engine.onModel(() => people.sync());
  await scripted.engine.start();
});

test('two people with one face are a pair, once; merged they are none', async () => {
  await people.enrol('Ada', [faceOf('A')]);
  await people.enrol('Bob', [faceOf('B')]);
  expect(pairs()).toEqual([]);
  await people.enrol('Countess', [faceOf('A')]);
  expect(pairs()).toEqual(['Ada and Countess']);
  await people.merge(people.named('Countess')!.id, people.named('Ada')!.id);
  expect(pairs()).toEqual([]);
});

test('a pair that the user has dismissed does not come back', async () => {
  await people.enrol('Ada', [faceOf('A')]);
  await people.enrol('Twin', [faceOf('A')]);
  people.duplicates.dismiss(people.duplicates.pairs[0]!);
  expect(pairs()).toEqual([]);
  await people.enrol('Bob', [faceOf('A')]);
  expect(pairs()).not.toContain('Ada and Twin');
  expect(pairs().length).toBeGreaterThan(0);
});

test('a pair goes with the face that made it', async () => {
  await people.enrol('Ada', [faceOf('A')]);
  await people.enrol('Bob', [faceOf('B'), faceOf('A')]);
  expect(pairs()).toEqual(['Ada and Bob']);
  const asAda = people.named('Bob')!.faces.find(({ embedding }) => embedding.vector[0] === embeddingOf('A').vector[0]);
  await people.removeFace(asAda!);
  expect(pairs()).toEqual([]);
});

test('faces whose neighbour is known and far are not compared again', async () => {
  await people.enrol('Ada', [faceOf('A')]);
  await people.enrol('Bob', [faceOf('B')]);
  await people.duplicates.check();
  script.asked.length = 0;
  await people.duplicates.check();
  expect(script.asked).toEqual([]);
});
