import { expect, test } from 'vitest';
import { samplePairs } from '../../../../src/app/benchmark/sampleBenchmark';

const face = (person: string, path: string) => ({ person, path });

test('every two pictures of one person are a pair, each crew face meets a stranger’s portrait, and folds share nobody', () => {
  const portraits = ['ann', 'bob', 'cid', 'dan'].map((name) => face(name, `portraits/${name}.jpg`));
  const others = [
    face('ann', 'x/ann.jpg'),
    face('bob', 'x/bob.jpg'),
    face('eve', 'x/eve.jpg'),
    face('ann', 'y/ann.jpg'),
  ];
  // By name ann 0, bob 1, cid 0, dan 1, eve 0: strangers of ann are cid alone, of bob dan, of eve ann and cid.
  expect(samplePairs(portraits, others).split('\n')).toEqual([
    'a,b,same,fold',
    'portraits/ann.jpg,x/ann.jpg,1,0',
    'portraits/ann.jpg,y/ann.jpg,1,0',
    'portraits/bob.jpg,x/bob.jpg,1,1',
    'x/ann.jpg,y/ann.jpg,1,0',
    'x/ann.jpg,portraits/cid.jpg,0,0',
    'x/bob.jpg,portraits/dan.jpg,0,1',
    'x/eve.jpg,portraits/ann.jpg,0,0',
    'y/ann.jpg,portraits/cid.jpg,0,0',
    '',
  ]);
});
