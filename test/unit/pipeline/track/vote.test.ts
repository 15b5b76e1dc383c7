import { expect, test } from 'vitest';
import type { Match } from '../../../../src/core/types';
import { NOBODY } from '../../../../src/pipeline/match';
import { voteMatch } from '../../../../src/pipeline/track/vote';

const THRESHOLD = 1;
const match = (nearest: string, distance: number): Match => ({
  person: distance <= THRESHOLD ? nearest : null,
  nearest,
  distance,
  normalised: distance,
  certainty: 1 - distance / 2,
  second: null,
  secondDistance: null,
  secondNormalised: null,
});

test('most of the views agree: their person, with the surest view', () => {
  const views = [match('Ann', 0.7), match('Bea', 0.8), match('Ann', 0.6)];
  expect(voteMatch(views, THRESHOLD)).toBe(views[2]);
});

test('one sure view outvotes two that are at the threshold', () => {
  const views = [match('Bea', 0.99), match('Ann', 0.3), match('Bea', 0.98)];
  expect(voteMatch(views, THRESHOLD).person).toBe('Ann');
});

test('unknown is an answer, and says who was nearest', () => {
  const views = [match('Ann', 1.4), match('Ann', 0.97), match('Bea', 1.3)];
  expect(voteMatch(views, THRESHOLD)).toMatchObject({ person: null, nearest: 'Bea' });
});

test('with nobody enrolled, or no views, the answer is nobody', () => {
  expect(voteMatch([NOBODY, NOBODY], THRESHOLD)).toEqual(NOBODY);
  expect(voteMatch([], THRESHOLD)).toEqual(NOBODY);
});
