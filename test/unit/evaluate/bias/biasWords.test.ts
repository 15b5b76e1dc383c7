import { expect, test } from 'vitest';
import { biasNotes, measuredText, percentText, ruleText, spreadText } from '../../../../src/evaluate/bias/biasWords';
import type { BiasReport, GroupBias } from '../../../../src/evaluate/bias/measureBias';

const group = (name: string, people: number, enough: boolean): GroupBias => ({
  group: name,
  people,
  pairs: (people * (people - 1)) / 2,
  enough,
  accepted: null,
  strangers: null,
});
const report = (changes: Partial<BiasReport>): BiasReport => ({
  far: 1e-3,
  evened: true,
  threshold: 0.76,
  plainThreshold: 0.95,
  gallery: 100,
  groups: [group('a', 300, true), group('b', 300, true)],
  between: [],
  across: { pairs: 0, enough: false, accepted: null },
  spread: { plain: 83.3, normalised: 3.14 },
  twice: [],
  ...changes,
});

test('shares and their intervals in few digits', () => {
  expect([0, 0.00123, 0.2, 1].map(percentText)).toEqual(['0 %', '0.12 %', '20 %', '100 %']);
  expect(measuredText({ rate: 0.00123, interval: [0.000456, 0.0789] })).toBe('0.12 % (0.046–7.9)');
});

test('a report that shows everything needs no sentence about what it cannot', () => {
  expect(biasNotes(report({}))).toEqual([]);
  expect(spreadText(report({}))).toBe('Highest rate of a group over the lowest: 83 before, 3.1 after.');
  expect(spreadText(report({ spread: { plain: null, normalised: 2 } }))).toContain('unknown (a group had none)');
});

test('too few people, small galleries, pictures left out and no cohort are said', () => {
  const notes = biasNotes(
    report({
      groups: [group('a', 300, true), group('b', 40, false)],
      evened: false,
      twice: [{ picture: 'b/2.jpg', of: 'a/1.jpg' }],
    }),
  );
  expect(notes).toEqual([
    'b: not enough people to show a rate of 1 in 1,000: that takes 142 people of a group (10,000 pairs). Only the intervals say what is known.',
    'b: fewer than 200 people, so the gallery is half of the group instead of 100.',
    'This model has no cohort: its plain distances decide, and the two columns are the same.',
    '1 picture was left out because it shows a person who is there already (nearer than 1 in 100,000 pairs of strangers).',
  ]);
  const few = report({ groups: [group('a', 4, false), group('b', 3, false)] });
  expect(biasNotes(few)[0]).toMatch(/^No group has enough people to show a rate of 1 in 1,000/);
  expect(spreadText(few)).toBeNull();
});

test('of one group alone it is said that there is nothing to compare it with', () => {
  expect(biasNotes(report({ groups: [group('a', 300, true)] }))).toEqual([
    'There is only one group, so groups cannot be compared.',
  ]);
});

test('what was promised and which distances decide is one sentence, which names evening out only where it is done', () => {
  expect(ruleText(report({}))).toBe(
    'Promised: 1 in 1,000 pairs of strangers (0.1 %); before: plain distance 0.950; after: evened out over kinds of faces, 0.760; in brackets 95 % intervals over people.',
  );
  expect(ruleText(report({ evened: false }))).toContain('after: 0.760;');
});
