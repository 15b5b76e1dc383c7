/** Share of same pairs accepted (`tpr`) and of different ones (`far`) at each of rising thresholds. */
export interface Roc {
  readonly tpr: Float64Array;
  readonly far: Float64Array;
}

/** How many of `sorted` (rising) lie below each of `thresholds` (rising): what is accepted. */
export function countsBelow(sorted: Float64Array, thresholds: Float64Array): Int32Array {
  let count = 0;
  const counts = new Int32Array(thresholds.length);
  for (let t = 0; t < thresholds.length; t++) {
    while (count < sorted.length && sorted[count]! < thresholds[t]!) count++;
    counts[t] = count;
  }
  return counts;
}

/** Area under the curve, by trapezia from (0, 0) to (1, 1). */
export function auc({ tpr, far }: Roc): number {
  let area = 0;
  let [x, y] = [0, 0];
  for (let i = 0; i <= tpr.length; i++) {
    const [nextX, nextY] = [far[i] ?? 1, tpr[i] ?? 1];
    area += ((nextX - x) * (y + nextY)) / 2;
    [x, y] = [nextX, nextY];
  }
  return area;
}

/** The rate at which as many different pairs are accepted as same ones are refused, linear between the points. */
export function equalErrorRate({ tpr, far }: Roc): number {
  let [x, y] = [0, 0];
  for (let i = 0; i <= tpr.length; i++) {
    const [nextX, nextY] = [far[i] ?? 1, tpr[i] ?? 1];
    const before = 1 - y - x;
    const after = 1 - nextY - nextX;
    if (after <= 0) return x + (nextX - x) * (before === after ? 0 : before / (before - after));
    [x, y] = [nextX, nextY];
  }
  return x;
}
