import { describe, expect, test } from 'vitest';
import type { FaceCrop, Frame } from '../../../../src/core/types';
import { cropFace } from '../../../../src/pipeline/crop/crop';
import { facenetCrop } from '../../../../src/pipeline/crop/facenet';
import { fitSimilarity } from '../../../../src/pipeline/crop/similarity';
import { pixelFrame } from '../../../../src/pipeline/pixelFrame';

/** Red is the column's middle, green the row's: a crop's numbers say where in the picture they come from. */
function slopes(width: number, height: number): Frame {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) data.set([i % width, Math.floor(i / width), 0, 255], i * 4);
  return pixelFrame({ width, height, data });
}

/** Where in the picture the crop's column (0–1) and row (0–1) lie, by its numbers. */
function place({ size, data }: FaceCrop, u: number, v: number): [number, number] {
  const at = (Math.round(v * (size - 1)) * size + Math.round(u * (size - 1))) * 3;
  return [data[at]! + 0.5, data[at + 1]! + 0.5];
}

const frame = slopes(240, 200);
const points = [
  { x: 100, y: 80 },
  { x: 140, y: 80 },
  { x: 120, y: 100 },
  { x: 104, y: 120 },
  { x: 136, y: 120 },
] as const;
const face = { box: { x0: 79, y0: 49, x1: 160, y1: 150 }, points };

function expectSpan(crop: FaceCrop, [x0, y0, x1, y1]: readonly [number, number, number, number]): void {
  const half = [(x1 - x0) / crop.size / 2, (y1 - y0) / crop.size / 2] as const;
  const [left, top] = place(crop, 0, 0);
  const [right, bottom] = place(crop, 1, 1);
  // The first and last numbers lie half a crop pixel inside, and see no further than the cut.
  expect(Math.abs(left - x0 - half[0])).toBeLessThan(0.6);
  expect(Math.abs(top - y0 - half[1])).toBeLessThan(0.6);
  expect(Math.abs(right - x1 + half[0])).toBeLessThan(0.6);
  expect(Math.abs(bottom - y1 + half[1])).toBeLessThan(0.6);
}

describe('cropFace', () => {
  test('facenet: 16 picture pixels a side, made square whatever the shape', () => {
    // The box's first pixel, counted from 1, is 80 and 50: the index that the original takes.
    expectSpan(cropFace(frame, face, 'facenet', 80), [64, 34, 176, 166]);
  });

  test('facenet: clipped to the picture, not filled', () => {
    const corner = { ...face, box: { x0: 4, y0: 4, x1: 60, y1: 60 } };
    expectSpan(cropFace(frame, corner, 'facenet', 80), [0, 0, 76, 76]);
  });

  test('facenet: on a copy at half size its margin is half as many pixels', () => {
    const half = { ...face, box: { x0: 39.5, y0: 24.5, x1: 80, y1: 75 } };
    expectSpan(facenetCrop(slopes(120, 100), half, 40, 32, 0.5), [32, 17, 88, 83]);
  });

  test('facenet-pytorch: grows by 32 parts of 128, half a side, cut to whole pixels', () => {
    expectSpan(cropFace(frame, face, 'facenet-pytorch', 160), [70, 37, 170, 162]);
  });

  test('arcface: a face as the template has it, anywhere in the picture and turned, comes out on the template', () => {
    const template = [
      [38.2946, 51.6963],
      [73.5318, 51.5014],
      [56.0252, 71.7366],
      [41.5493, 92.3655],
      [70.7299, 92.2041],
    ] as const;
    for (const angle of [0, 0.4, -0.4]) {
      // The template's places are middles of pixels; made larger, turned and moved, they are a face in the picture.
      const placed = template.map(([x, y]) => {
        const [dx, dy] = [1.2 * (x - 56), 1.2 * (y - 72)];
        return {
          x: 120 + dx * Math.cos(angle) - dy * Math.sin(angle),
          y: 100 + dx * Math.sin(angle) + dy * Math.cos(angle),
        };
      });
      const crop = cropFace(frame, { ...face, points: placed as never }, 'arcface', 112);
      template.forEach(([x, y], i) => {
        const at = (Math.round(y) * 112 + Math.round(x)) * 3;
        const [foundX, foundY] = [crop.data[at]! + 0.5, crop.data[at + 1]! + 0.5];
        // Half a pixel of the crop is .6 of the picture.
        expect(Math.hypot(foundX - placed[i]!.x, foundY - placed[i]!.y)).toBeLessThan(0.9);
      });
    }
  });

  test('arcface: black beyond the picture', () => {
    const corner = { ...face, points: points.map(({ x, y }) => ({ x: x - 100, y: y - 80 })) as never };
    const { data } = cropFace(frame, corner, 'arcface', 112);
    expect([...data.subarray(0, 3)]).toEqual([0, 0, 0]);
  });

  test('similarity: a tilted face comes out upright, the points where they belong', () => {
    const turn = (angle: number) =>
      points.map(({ x, y }) => {
        const [dx, dy] = [x - 120, y - 100];
        return {
          x: 120 + dx * Math.cos(angle) - dy * Math.sin(angle),
          y: 100 + dx * Math.sin(angle) + dy * Math.cos(angle),
        };
      });
    for (const angle of [0, 0.4, -0.4]) {
      const tilted = turn(angle);
      const crop = cropFace(frame, { ...face, points: tilted as never }, 'similarity', 160);
      const [leftX, leftY] = place(crop, 0.332, 0.409);
      const [rightX, rightY] = place(crop, 0.668, 0.409);
      expect(Math.hypot(leftX - tilted[0]!.x, leftY - tilted[0]!.y)).toBeLessThan(4);
      expect(Math.hypot(rightX - tilted[1]!.x, rightY - tilted[1]!.y)).toBeLessThan(4);
    }
  });
});

test('fitSimilarity finds the turn, scale and shift that were applied', () => {
  const moved = points.map(({ x, y }) => ({ x: 3 * x - 4 * y + 7, y: 4 * x + 3 * y - 9 }));
  const fit = fitSimilarity(points, moved);
  expect(fit.a).toBeCloseTo(3);
  expect(fit.b).toBeCloseTo(4);
  expect(fit.x).toBeCloseTo(7);
  expect(fit.y).toBeCloseTo(-9);
});
