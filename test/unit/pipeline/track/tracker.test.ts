import { expect, test } from 'vitest';
import { mulberry32 } from '../../../../src/core/random';
import type { Detection } from '../../../../src/core/types';
import { Tracker } from '../../../../src/pipeline/track/tracker';

const FRAME = 1000 / 30;
const random = mulberry32(21);
/** A face with its middle at x, y; found a pixel off, as detectors do. */
function face(x: number, y: number, side = 60): Detection {
  const [dx, dy] = [random() * 2 - 1, random() * 2 - 1];
  const box = { x0: x + dx - side / 2, y0: y + dy - side / 2, x1: x + dx + side / 2, y1: y + dy + side / 2 };
  const point = { x, y };
  return { box, score: 0.99, points: [point, point, point, point, point] };
}

test('a face that stays keeps its id and its age grows', () => {
  const tracker = new Tracker();
  const ages = Array.from({ length: 10 }, (_, i) => tracker.update([face(100, 100)], i * 100)[0]!);
  expect(new Set(ages.map(({ id }) => id)).size).toBe(1);
  expect(ages.at(-1)).toMatchObject({ age: 900, misses: 0 });
});

test('a pan of three faces keeps every id, the list of faces in any order', () => {
  const tracker = new Tracker();
  const places = new Map<number, number>();
  for (let i = 0; i < 60; i++) {
    const faces = [100, 250, 400].map((x) => face(x + 12 * i, 200));
    const tracks = tracker.update(i % 2 ? faces : faces.toReversed(), i * FRAME);
    expect(tracks).toHaveLength(3);
    for (const { id, detection } of tracks) {
      const start = Math.round(((detection!.box.x0 + detection!.box.x1) / 2 - 12 * i) / 50) * 50;
      if (i === 0) places.set(id, start);
      expect(places.get(id)).toBe(start);
    }
  }
});

test('two faces that cross, one hidden while behind the other, keep their ids', () => {
  const tracker = new Tracker();
  const run = (i: number) => {
    const [a, b] = [100 + 8 * i, 500 - 8 * i];
    const hidden = Math.abs(a - b) < 40;
    return tracker.update(hidden ? [face(a, 200)] : [face(a, 200), face(b, 200)], i * FRAME);
  };
  const first = run(0);
  const idOf = (x: number, tracks: ReturnType<typeof run>) =>
    tracks.find(({ detection }) => detection && Math.abs((detection.box.x0 + detection.box.x1) / 2 - x) < 3)?.id;
  const [left, right] = [idOf(100, first), idOf(500, first)];
  let last = first;
  for (let i = 1; i <= 50; i++) last = run(i);
  expect(idOf(500, last)).toBe(left);
  expect(idOf(100, last)).toBe(right);
});

test('a face hidden for half a second while it moves comes back under its id', () => {
  const tracker = new Tracker();
  const id = tracker.update([face(100, 100)], 0)[0]!.id;
  for (let i = 1; i < 15; i++) tracker.update([face(100 + 4 * i, 100)], i * FRAME);
  for (let i = 15; i < 30; i++) {
    const [track] = tracker.update([], i * FRAME);
    expect(track).toMatchObject({ id, detection: null, misses: i - 14 });
  }
  expect(tracker.update([face(100 + 4 * 30, 100)], 30 * FRAME).map((track) => track.id)).toEqual([id]);
});

test('a face gone for more than a second, or elsewhere, is a new one', () => {
  const tracker = new Tracker();
  for (const time of [0, 33, 67]) tracker.update([face(100, 100)], time);
  expect(tracker.update([], 1068)).toEqual([]);
  for (const time of [1100, 1133, 1167]) expect(tracker.update([face(100, 100)], time)[0]!.id).toBe(2);
  const both = tracker.update([face(400, 100)], 1200);
  expect(both.map(({ id, misses }) => [id, misses])).toEqual([[2, 1], [3, 0]]); // prettier-ignore
});

test('a face counts from the third frame in a row on; one that flashes is dropped at its first miss', () => {
  const tracker = new Tracker();
  const flash = face(400, 100);
  const seen = [[face(100, 100), flash], [face(100, 100), face(400, 100)], [face(100, 100)], [face(100, 100)], []];
  const confirmed = seen.map((faces, i) =>
    tracker.update(faces, i * FRAME).map(({ id, confirmed }) => [id, confirmed]),
  );
  expect(confirmed).toEqual([
    [[1, false], [2, false]],
    [[1, false], [2, false]],
    [[1, true]],
    [[1, true]],
    [[1, true]],
  ]); // prettier-ignore
});

test('a clock that goes back starts over', () => {
  const tracker = new Tracker();
  tracker.update([face(100, 100)], 5000);
  expect(tracker.update([face(100, 100)], 10).map(({ id, age }) => [id, age])).toEqual([[2, 0]]);
});
