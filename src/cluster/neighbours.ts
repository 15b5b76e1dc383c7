import { eachDot } from './pairs';
import { squaredNorms, type Points } from './points';

/** A graph of near faces: of point i the others `near[start[i] … start[i + 1])`, ascending, and `weight` with each. */
export interface NearGraph {
  readonly start: Int32Array;
  readonly near: Int32Array;
  readonly weight: Float32Array;
}

/** All pairs at a plain Euclidean distance of at most `limit`; the weight is the distance. */
export function withinDistance(points: Points, limit: number): NearGraph {
  const norms = squaredNorms(points);
  const most = limit * limit;
  return graphOf(points, (i, j, dot) => {
    const squared = norms[i]! + norms[j]! - 2 * dot;
    return squared <= most ? Math.sqrt(Math.max(0, squared)) : null;
  });
}

/** All pairs whose cosine is above `limit`; the weight is the cosine. */
export function aboveCosine(points: Points, limit: number): NearGraph {
  const lengths = squaredNorms(points).map(Math.sqrt);
  return graphOf(points, (i, j, dot) => {
    const cosine = dot / (lengths[i]! * lengths[j]! || 1);
    return cosine > limit ? cosine : null;
  });
}

function graphOf(points: Points, weightOf: (i: number, j: number, dot: number) => number | null): NearGraph {
  const rows = Array.from({ length: points.count }, (): { near: number; weight: number }[] => []);
  eachDot(points, (i, j, dot) => {
    const weight = weightOf(i, j, dot);
    if (weight === null) return;
    rows[i]!.push({ near: j, weight });
    rows[j]!.push({ near: i, weight });
  });
  const start = new Int32Array(points.count + 1);
  for (const [i, row] of rows.entries()) start[i + 1] = start[i]! + row.length;
  const total = start[points.count]!;
  const graph = { start, near: new Int32Array(total), weight: new Float32Array(total) };
  for (const [i, row] of rows.entries())
    for (const [k, { near, weight }] of row.sort((a, b) => a.near - b.near).entries()) {
      graph.near[start[i]! + k] = near;
      graph.weight[start[i]! + k] = weight;
    }
  return graph;
}
