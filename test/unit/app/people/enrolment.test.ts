import { expect, test } from 'vitest';
import { Enrolment } from '../../../../src/app/people/enrolment.svelte';

test('the box for turned faces searches pictures of unsure faces again, but not where the user has chosen one', async () => {
  const looked: string[] = [];
  const face = (score: number) => ({ detection: { score } });
  const call = (_: string, { name, options }: { name: string; options: { turned?: boolean } }) => {
    looked.push(`${name} ${options.turned ? 'turned' : 'upright'}`);
    return Promise.resolve({ faces: [face(0.9), face(0.8)] });
  };
  const enrolment = new Enrolment({ ready: () => Promise.resolve(), client: { call } } as never);
  const source = (name: string) => ({ blob: new Blob([name]), source: { kind: 'picture', name } as const });
  await enrolment.add([source('a'), source('b')]);
  expect(looked.splice(0)).toEqual(['a upright', 'b upright']);
  const [a, b] = enrolment.candidates;
  a!.choose(1);
  await enrolment.setTurned(true);
  expect(looked.splice(0)).toEqual(['b turned']);
  expect([a!.chosen, b!.chosen]).toEqual([1, 0]);
  await enrolment.searchTurned(a!);
  expect(looked).toEqual(['a turned']);
});
