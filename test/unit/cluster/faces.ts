import { l2Normalise } from '../../../src/core/vectors';
import { mulberry32 } from '../../../src/core/random';
import { packPoints, type Faces, type Points } from '../../../src/cluster/points';
import type { Rates } from '../../../src/cluster/settings';

/** Made-up faces: `people` directions of unit length, `each` faces round every one, `spread` the noise of a coordinate. */
export function madeUpFaces(
  people: number,
  each: number,
  { spread = 0.1, size = 16, seed = 1 } = {},
): { points: Points; truth: Int32Array } {
  const random = mulberry32(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const centres = Array.from({ length: people }, () => l2Normalise(Float32Array.from({ length: size }, normal)));
  const truth = Int32Array.from({ length: people * each }, (_, i) => i % people);
  const vectors = Array.from(truth, (person) => l2Normalise(centres[person]!.map((x) => x + spread * normal())));
  return { points: packPoints(vectors), truth };
}

/** Distances as they are. */
export function plainFaces(points: Points): Faces {
  return { ...points, scales: new Float64Array(points.count).fill(1) };
}

/** Rates like those of FaceNet: a thousandth at .95. */
export const RATES: Rates & { readonly farAt: (distance: number) => number } = {
  farAt: (distance) => Math.min(1, 10 ** ((distance - 1.34) / 0.13)),
  thresholdAt: (far) => 1.34 + 0.13 * Math.log10(far),
};

/** The faces with scales of their own. */
export function uneven(points: Points, seed: number): Faces {
  const random = mulberry32(seed);
  return { ...points, scales: Float64Array.from({ length: points.count }, () => 0.8 + 0.5 * random()) };
}

/** Row i as an array. */
export function row({ size, vectors }: Points, i: number): Float32Array {
  return vectors.subarray(i * size, (i + 1) * size);
}

/** Groups as sets of members, in an order that does not depend on labels; the ungrouped are left out. */
export function sets(labels: ArrayLike<number>): string[] {
  const groups = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++)
    if (labels[i]! >= 0) groups.set(labels[i]!, [...(groups.get(labels[i]!) ?? []), i]);
  return [...groups.values()].map((members) => members.join(' ')).sort();
}
