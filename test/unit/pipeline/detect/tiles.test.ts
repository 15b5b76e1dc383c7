import { describe, expect, test } from 'vitest';
import type { Box, Detection, Frame } from '../../../../src/core/types';
import type { Detector } from '../../../../src/pipeline/detect/detect';
import type { SearchOptions } from '../../../../src/pipeline/detect/options';
import { leastFace, tilesOf, withTiles } from '../../../../src/pipeline/detect/tiles';
import { pixelFrame } from '../../../../src/pipeline/pixelFrame';
import { turnedFrame } from '../../../../src/pipeline/turnedFrame';

const size = (width: number, height: number) => ({ width, height });

describe('which pictures are searched in tiles', () => {
  test.each([
    [640, 480],
    [1600, 1067],
    [4000, 3000],
    [12_000, 9000],
    [3840, 2160],
    [3000, 1600],
    [2300, 700],
    [60, 5000 / 4],
  ])('an ordinary picture of %i×%i is not', (width, height) => {
    expect(tilesOf(size(width, height))).toEqual([]);
  });

  test('of a panorama every place lies in a tile, and every face too small for the whole copy lies whole in one', () => {
    const tiles = tilesOf(size(24_000, 3000));
    expect(tiles.length).toBeLessThanOrEqual(8);
    const lost = leastFace(size(24_000, 3000), { maxSide: 1600 });
    expect(lost).toBe(300);
    for (let x = 0; x + lost <= 24_000; x += 50)
      expect(tiles.some(({ x0, x1, y0, y1 }) => x0 <= x && x + lost <= x1 && y0 === 0 && y1 === 3000)).toBe(true);
    for (const { x0, x1 } of tiles) expect(x0 >= 0 && x1 <= 24_000 && x1 - x0 === 4000).toBe(true);
  });

  test('a tall picture has the tiles of a wide one, its axes exchanged', () => {
    const wide = tilesOf(size(24_000, 3000));
    expect(tilesOf(size(3000, 24_000))).toEqual(wide.map(({ x0, y0, x1, y1 }) => ({ x0: y0, y0: x0, x1: y1, y1: x1 })));
  });

  test('a small least size asked for brings tiles in both directions; a small copy asked for none', () => {
    const tiles = tilesOf(size(4000, 3000), { minSize: 20 });
    expect(tiles).toHaveLength(9);
    expect(Math.max(...tiles.map(({ x1 }) => x1))).toBe(4000);
    expect(Math.max(...tiles.map(({ y1 }) => y1))).toBe(3000);
    expect(tilesOf(size(4000, 3000), { minSize: 0.1 })).toEqual([]);
    expect(tilesOf(size(24_000, 3000), { maxSide: 640 })).toEqual([]);
    expect(tilesOf(size(1600, 1200), { minSize: 12 })).toEqual([]);
  });
});

test.each<[number, number, SearchOptions, number]>([
  [640, 480, {}, 20],
  [4000, 3000, {}, 50],
  [24_000, 3000, {}, 50],
  [3840, 2160, {}, 48],
  [640, 480, { minSize: 12 }, 12],
  [4000, 3000, { minSize: 20 }, 20],
  [4000, 3000, { minSize: 12 }, 12],
  [24_000, 3000, { minSize: 100 }, 100],
])('the least face of %i×%i with %o is %f pixels', (width, height, options, pixels) => {
  expect(leastFace(size(width, height), options)).toBeCloseTo(pixels, 5);
});

test('a live frame tells its own least face: a tenth of the shorter side, rounded down', () => {
  expect(leastFace(size(640, 480), { minSize: 0.1 })).toBeGreaterThan(48 / 1.1);
  expect(leastFace(size(640, 480), { minSize: 0.1 })).toBeLessThanOrEqual(48);
});

const face = (x: number, y: number, side: number, score: number): Detection => {
  const at = { x: x + side / 2, y: y + side / 2 };
  return { box: { x0: x, y0: y, x1: x + side, y1: y + side }, score, points: [at, at, at, at, at] };
};

/** Finds faces of the whole picture where they lie in the frame searched, cut off at its edges; `least`: as large as it can see. */
function fakeDetector(faces: readonly Detection[], whole: { width: number }, seen: number[]): Detector {
  const detectMany = (frames: readonly Frame[]): Promise<Detection[][]> =>
    Promise.resolve(
      frames.map((frame) => {
        seen.push(frame.width);
        // The frame says where it is: its first pixel tells its column.
        const from = frame.width === whole.width ? 0 : frame.region({ x0: 0, y0: 0, x1: 1, y1: 1 }).data[0]! * 80;
        const scale = 1600 / frame.width;
        return faces.flatMap(({ box, score }) => {
          const [x0, x1] = [Math.max(box.x0 - from, 0), Math.min(box.x1 - from, frame.width)];
          const part = (x1 - x0) / (box.x1 - box.x0);
          if (part < 0.4 || (box.x1 - box.x0) * scale < 20) return [];
          const found = face(x0, box.y0, x1 - x0, score);
          // A part may even score higher.
          return [{ ...found, box: { ...found.box, y1: box.y1 }, score: part < 1 ? 0.99 : score }];
        });
      }),
    );
  return {
    detect: async (frame) => (await detectMany([frame]))[0]!,
    detectMany,
    detectAt: () => Promise.resolve([]),
    warmUp: () => Promise.resolve(),
    dispose: () => {},
  };
}

/** Red is the column in steps of 80, as the tiles begin. */
function picture(width: number, height: number): Frame {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) data[i * 4] = Math.floor((i % width) / 80);
  return pixelFrame({ width, height, data });
}

describe('a panorama', () => {
  const frame = picture(8000, 1000);
  const tiles = tilesOf(frame);
  const edge = Math.round((tiles[1]!.x0 + tiles[0]!.x1) / 2 / 100) * 100;

  test('small faces are found where they are, each once, also in the overlap and across an edge; most probable first', async () => {
    const truth = [
      face(200, 300, 60, 0.9),
      face(edge - 30, 100, 60, 0.95), // in both tiles
      face(tiles[0]!.x1 - 40, 500, 60, 0.97), // cut by the first, whole in the second
      face(7900, 700, 90, 0.98),
      face(3000, 0, 900, 0.96), // by the whole copy, and by tiles
    ];
    const seen: number[] = [];
    const found = await withTiles(fakeDetector(truth, frame, seen)).detect(frame);
    expect(seen).toEqual([8000, ...tiles.map(() => 1600)]);
    expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).toSorted((a, b) => b - a));
    const key = ({ box }: { box: Box }): string => [box.x0, box.y0, box.x1, box.y1].join();
    expect(found.map(key).toSorted()).toEqual(truth.map(key).toSorted());
    for (const { points, box } of found) expect(points[0].x).toBeCloseTo((box.x0 + box.x1) / 2, 5);
  });

  test('two overlapping faces that one search separates are two', async () => {
    // They share six tenths of each.
    const truth = [
      face(3000, 300, 400, 0.98),
      face(3160, 300, 400, 0.97),
      face(300, 300, 60, 0.96),
      face(324, 300, 60, 0.95),
    ];
    const found = await withTiles(fakeDetector(truth, frame, [])).detect(frame);
    expect(found.map(({ box }) => box.x0)).toEqual([3000, 3160, 300, 324]);
  });

  test('a tile is the part of the picture that it says, upright or turned', () => {
    const part = { x0: 4800, y0: 0, x1: 6400, y1: 1000 };
    const tile = frame.reduced(1600, part);
    expect([tile.width, tile.height]).toEqual([1600, 1000]);
    expect(Buffer.from(tile.data.buffer).equals(Buffer.from(frame.region(part).data.buffer))).toBe(true);
    const half = frame.reduced(800, part);
    expect([half.width, half.height, half.data[0]]).toEqual([800, 500, 60]);
    const turned = turnedFrame(frame, 2);
    const other = { x0: 1600, y0: 0, x1: 3200, y1: 1000 };
    expect(turned.reduced(1600, other)).toMatchObject({ width: 1600, height: 1000 });
    expect(turned.reduced(1600, other).data.subarray(-4)[0]).toBe(60);
  });

  test('an ordinary picture is searched once, its faces as they come', async () => {
    const small = picture(1000, 800);
    const seen: number[] = [];
    const truth = [face(100, 100, 60, 0.9), face(110, 110, 60, 0.8)];
    const found = await withTiles(fakeDetector(truth, small, seen)).detectMany([small]);
    expect(seen).toEqual([1000]);
    expect(found[0]).toHaveLength(2);
  });
});
