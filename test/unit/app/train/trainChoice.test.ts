import { beforeEach, expect, test, vi } from 'vitest';
import { People } from '../../../../src/app/people/people.svelte';
import { TrainChoice } from '../../../../src/app/train/trainChoice.svelte';
import type { Training } from '../../../../src/app/train/training.svelte';
import { FaceError } from '../../../../src/core/errors';
import { recipeFor } from '../../../../src/train/config/recipe';
import { openStore } from '../../../../src/store/store';
import { faceOf, scriptedEngine } from '../scriptedEngine';

const begin = vi.fn<Training['begin']>();
let people: People;
let choice: TrainChoice;

beforeEach(async () => {
  const store = await openStore();
  const { engine } = await scriptedEngine(store);
  people = new People(store.people, engine);
  engine.onModel(() => people.sync());
  await engine.start();
  begin.mockReset().mockResolvedValue();
  choice = new TrainChoice(engine, people, { begin } as unknown as Training);
  choice.impostors = 'none';
});

/** A file of a class folder; each letter of `letters` is a face. */
function file(path: string, letters: string): File {
  const made = new File([letters], path.split('/').at(-1)!);
  return Object.defineProperty(made, 'webkitRelativePath', { value: path });
}

test('says what is lacking until a training can begin', async () => {
  expect(choice.lacking).toContain('Choose the people');
  await people.enrol('Ada', [faceOf('A')]);
  expect(choice.lacking).toContain('only one person');
  await people.enrol('Bob', [faceOf('B')]);
  expect(choice.lacking).toContain('only one picture');
  await people.enrol('Bob', [faceOf('C')]);
  expect([choice.lacking, choice.singles, choice.heldOut]).toEqual([null, 1, 1]);
  choice.impostors = 'people';
  expect(choice.lacking).toContain('nobody is left as a stranger');
  choice.impostors = 'folder';
  expect(choice.lacking).toContain('Choose the folder of strangers');
});

test('people who are left out are strangers, and the plan counts both', async () => {
  for (const [name, letters] of [
    ['Ada', 'AB'],
    ['Bob', 'CD'],
    ['Eve', 'EF'],
  ] as const)
    await people.enrol(
      name,
      Array.from(letters, (letter) => faceOf(letter)),
    );
  const eve = people.named('Eve')!.id;
  choice.toggle(eve);
  choice.impostors = 'people';
  await choice.begin();
  const [title, plan, pictures] = begin.mock.calls[0]!;
  expect(title).toBe('Trained on 2 people');
  expect(plan).toMatchObject({
    impostors: [eve],
    pictures: { train: 2, heldOut: 2, impostors: 2 },
    previousModel: null,
  });
  expect(plan.people.map(({ name }) => name)).toEqual(['Ada', 'Bob']);
  expect(pictures.sets.train.map(({ label }) => label)).toEqual([0, 1]);
});

test('a folder takes the place of the people; pictures without a face are named', async () => {
  await people.enrol('Ada', [faceOf('A')]);
  const files = [
    file('set/Bob/1.jpg', 'B'),
    file('set/Bob/2.jpg', 'B'),
    file('set/Eve/1.jpg', ''),
    file('set/1.jpg', 'A'),
  ];
  await choice.addFolder(files, 'trained');
  expect(choice.folder).toMatchObject({ name: 'set', identities: [{ name: 'Bob' }] });
  expect(choice.total).toBe(2);
  expect(choice.notes).toEqual([
    '1 picture outside of the people’s folders was left out.',
    'No face was found in Eve/1.jpg.',
  ]);
  await choice.addFolder([file('none/Eve/1.jpg', '')], 'impostors');
  expect(choice.impostorFolder).toBeNull();
  expect(choice.notes[0]).toContain('No pictures were found');
});

test('the recipe is the recommended one until it is changed, and a refused begin is said', async () => {
  await people.enrol('Ada', [faceOf('A'), faceOf('B')]);
  await people.enrol('Bob', [faceOf('C'), faceOf('D')]);
  expect(choice.recipe).toEqual(choice.recommended);
  choice.changed = recipeFor({ kind: 'scratch', width: 0.125 }, 'all');
  begin.mockRejectedValue(new FaceError('store/full'));
  await choice.begin();
  expect(begin.mock.calls[0]![1].recipe).toEqual(choice.changed);
  expect(choice.gathering.error?.code).toBe('store/full');
});
