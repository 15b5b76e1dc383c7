import type { Detection, FacePoints } from '../../core/types';
import { shiftBox, type Candidate } from './boxes';
import { nms } from './nms';

const NMS_LIMIT = 0.7;

/**
 * O-Net's answer for one picture's candidates: the faces at or above `threshold`, most probable first, each with its box and
 * five points. `outputs`: probabilities [n, 2], shifts [n, 4], points [n, 10] (x of the five, then y, as shares of the
 * candidate); `first` is the row of the first candidate.
 */
export function faces(
  candidates: readonly Candidate[],
  [probabilities, shifts, points]: readonly Float32Array[],
  first: number,
  threshold: number,
): Detection[] {
  const passed: (Candidate & { readonly points: FacePoints })[] = [];
  for (const [i, box] of candidates.entries()) {
    const row = first + i;
    const score = probabilities![2 * row + 1]!;
    if (score < threshold) continue;
    const width = box.x1 - box.x0 + 1;
    const height = box.y1 - box.y0 + 1;
    const point = (k: number): { x: number; y: number } => ({
      x: box.x0 - 1 + points![10 * row + k]! * width,
      y: box.y0 - 1 + points![10 * row + 5 + k]! * height,
    });
    const moved = shiftBox(
      box,
      [shifts![4 * row]!, shifts![4 * row + 1]!, shifts![4 * row + 2]!, shifts![4 * row + 3]!],
      1,
    );
    passed.push({ ...moved, score, points: [point(0), point(1), point(2), point(3), point(4)] });
  }
  // From pixels counted from 1 to edges: the points are counted so already.
  return nms(passed, NMS_LIMIT, 'smaller').map(({ x0, y0, x1, y1, ...rest }) => ({
    box: { x0: x0 - 1, y0: y0 - 1, x1, y1 },
    ...rest,
  }));
}
