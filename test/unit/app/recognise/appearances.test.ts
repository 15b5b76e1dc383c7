import { expect, test } from 'vitest';
import {
  appearancesCsv,
  appearancesOf,
  appearancesVtt,
  timestamp,
  type Sighting,
} from '../../../../src/app/recognise/appearances';

const seen = (track: number, name: string | null, from: number, to: number): Sighting[] =>
  Array.from({ length: Math.round((to - from) * 2) }, (_, i) => ({ time: from + i / 2, track, name, certainty: name === null ? null : 0.9 + i / 1000 })); // prettier-ignore

test('a track is one appearance, under the name that most of its sightings have', () => {
  const sightings = [...seen(1, null, 0, 1), ...seen(1, 'Ann', 1, 5)];
  expect(appearancesOf(sightings, 0.5)).toEqual([{ name: 'Ann', tracks: [1], start: 0, end: 5, certainty: 0.907 }]);
});

test('a person who is away briefly is one appearance, away longer two', () => {
  const sightings = [...seen(1, 'Ann', 0, 3), ...seen(2, 'Ann', 4.5, 6), ...seen(3, 'Ann', 10, 12)];
  expect(appearancesOf(sightings, 0.5).map(({ start, end, tracks }) => [start, end, tracks])).toEqual([
    [0, 6, [1, 2]],
    [10, 12, [3]],
  ]);
});

test('hours of one person take no longer than their sightings', () => {
  const begun = performance.now();
  expect(appearancesOf(seen(1, 'Ann', 0, 15_000), 0.5)).toMatchObject([{ start: 0, end: 15_000 }]);
  expect(performance.now() - begun).toBeLessThan(2_000);
});

test('two strangers are not one, and two people at once are listed by their beginning', () => {
  const sightings = [...seen(3, 'Bea', 1, 4), ...seen(1, null, 0, 2), ...seen(2, null, 2, 3)];
  expect(appearancesOf(sightings, 0.5).map(({ name, start }) => [name, start])).toEqual([
    [null, 0],
    ['Bea', 1],
    [null, 2],
  ]);
});

test('WebVTT has times as it wants them, and names that are text', () => {
  const nasty = { name: '<b>Ann & "Bea"</b>\n00:00 --> 00:01', tracks: [1], start: 3723.5, end: 3724, certainty: null };
  expect(appearancesVtt([nasty, { ...nasty, name: null }])).toBe(
    'WEBVTT\n\n01:02:03.500 --> 01:02:04.000\n&lt;b&gt;Ann &amp; "Bea"&lt;/b&gt; 00:00 --&gt; 00:01\n' +
      '\n01:02:03.500 --> 01:02:04.000\nUnknown\n',
  );
  expect(timestamp(59.9996)).toBe('00:01:00.000');
});

test('CSV quotes every name, and no name is a formula', () => {
  const one = { tracks: [1], start: 0, end: 1.25, certainty: 0.98765 };
  const names = ['Smith, "Al"', '=HYPERLINK("x")', ';=1+1', null];
  expect(appearancesCsv(names.map((name) => ({ ...one, name }))).split('\r\n')).toEqual([
    'name,start,end,certainty',
    '"Smith, ""Al""",0.000,1.250,0.9876',
    `"'=HYPERLINK(""x"")",0.000,1.250,0.9876`,
    `";'=1+1",0.000,1.250,0.9876`,
    '"",0.000,1.250,0.9876',
    '',
  ]);
});
