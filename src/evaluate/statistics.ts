export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The middle value, of an even number the mean of both; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return mean(sorted.slice(Math.ceil(half) - 1, Math.floor(half) + 1));
}

/** Standard deviation over all of the values (divided by n), which is what LFW results are published with. */
export function std(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

/** Two-sided 95 % points of Student's t for 1 to 30 degrees of freedom. */
const T95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
const NORMAL95 = 1.96;

/**
 * 95 % confidence interval of the mean of independent values: mean ± t · s / √n, s the deviation divided by n − 1, t
 * Student's with n − 1 degrees of freedom. The point itself for a single value.
 */
export function confidenceInterval(values: readonly number[]): [number, number] {
  const n = values.length;
  const centre = mean(values);
  if (n < 2) return [centre, centre];
  const half = (T95[n - 2] ?? NORMAL95) * (std(values) / Math.sqrt(n - 1));
  return [centre - half, centre + half];
}
