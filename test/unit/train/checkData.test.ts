import { describe, expect, it } from 'vitest';
import { checkData } from '../../../src/train/checkData';

const PEOPLE = ['Ada', 'Bo', 'Cy'];
const check = (labels: number[], hashes: string, loss: 'softmax' | 'triplet' = 'softmax') =>
  checkData(Int32Array.from(labels), Array.from(hashes), PEOPLE, { loss, headOnly: false });

describe('too little to train on is train/too-few, and says why', () => {
  it.each([
    ['nothing', [], '', 'softmax', 'no pictures'],
    ['one person only', [0, 0, 0], 'abc', 'softmax', 'only one person'],
    ['one picture a person', [0, 1, 2], 'abc', 'softmax', 'only one picture'],
    ['nobody with two different pictures', [0, 0, 1, 1], 'aabb', 'softmax', 'the same one'],
    ['triplets with one such person', [0, 0, 1, 1], 'abcc', 'triplet', 'two persons'],
  ] as const)('%s', (_, labels, hashes, loss, reason) => {
    const call = () => check([...labels], hashes, loss);
    expect(call).toThrow(expect.objectContaining({ code: 'train/too-few' }));
    expect(call).toThrow(reason);
  });
});

it('people with too little data are named, and nobody else', () => {
  expect(check([0, 0, 1, 1, 2], 'abccd')).toEqual([
    'All 2 pictures of Bo are the same one.',
    'There is only one picture of Cy.',
  ]);
  expect(check([0, 0, 1, 1], 'abcd')).toEqual([]);
});

it('a head can be trained on one picture a person, with a note for each', () => {
  const notes = checkData(Int32Array.of(0, 1), ['a', 'b'], PEOPLE, { loss: 'softmax', headOnly: true });
  expect(notes).toEqual(['There is only one picture of Ada.', 'There is only one picture of Bo.']);
});
