import { euclidean } from '../../../core/vectors';

/** Share of the probes whose nearest gallery row, the first of equals, has their label. */
export function nearestAccuracy(
  gallery: readonly Float32Array[],
  labels: readonly number[],
  probes: readonly Float32Array[],
  wanted: readonly number[],
): number {
  let right = 0;
  for (const [i, probe] of probes.entries()) {
    let [label, least] = [-1, Infinity];
    for (const [j, row] of gallery.entries()) {
      const distance = euclidean(probe, row);
      if (distance < least) [label, least] = [labels[j]!, distance];
    }
    if (label === wanted[i]) right++;
  }
  return right / probes.length;
}
