/** P(class | value) = 1 / (1 + exp(a · value + b)). */
export interface Sigmoid {
  readonly a: number;
  readonly b: number;
}

const MAX_ROUNDS = 100;
const SMALLEST_STEP = 1e-10;
const RIDGE = 1e-12;

/**
 * Platt's probability for a machine's values (Platt, 1999), by Newton's method as Lin, Lin and Weng (2007) give it, which
 * neither overflows nor loses digits. `positive[i]`: whether `values[i]` belongs to the class. Platt's softened targets
 * keep a class that is told apart without a fault from a probability of 1.
 */
export function fitSigmoid(values: ArrayLike<number>, positive: ArrayLike<boolean>): Sigmoid {
  const n = values.length;
  let yes = 0;
  for (let i = 0; i < n; i++) if (positive[i]) yes++;
  const high = (yes + 1) / (yes + 2);
  const low = 1 / (n - yes + 2);
  const target = (i: number): number => (positive[i] ? high : low);
  const loss = (a: number, b: number): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const z = a * values[i]! + b;
      sum += z >= 0 ? target(i) * z + Math.log1p(Math.exp(-z)) : (target(i) - 1) * z + Math.log1p(Math.exp(z));
    }
    return sum;
  };
  let a = 0;
  let b = Math.log((n - yes + 1) / (yes + 1));
  let present = loss(a, b);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let [haa, hab, hbb, ga, gb] = [RIDGE, 0, RIDGE, 0, 0];
    for (let i = 0; i < n; i++) {
      const p = probabilityOf({ a, b }, values[i]!);
      const curve = p * (1 - p);
      const slope = target(i) - p;
      haa += values[i]! ** 2 * curve;
      hab += values[i]! * curve;
      hbb += curve;
      ga += values[i]! * slope;
      gb += slope;
    }
    if (Math.abs(ga) < 1e-5 && Math.abs(gb) < 1e-5) break;
    const determinant = haa * hbb - hab * hab;
    const da = -(hbb * ga - hab * gb) / determinant;
    const db = -(haa * gb - hab * ga) / determinant;
    const along = ga * da + gb * db;
    let step = 1;
    for (; step >= SMALLEST_STEP; step /= 2) {
      const next = loss(a + step * da, b + step * db);
      if (next >= present + 1e-4 * step * along) continue;
      [a, b, present] = [a + step * da, b + step * db, next];
      break;
    }
    if (step < SMALLEST_STEP) break;
  }
  return { a, b };
}

/** Without overflow for values of any size. */
export function probabilityOf({ a, b }: Sigmoid, value: number): number {
  const z = a * value + b;
  return z >= 0 ? Math.exp(-z) / (1 + Math.exp(-z)) : 1 / (1 + Math.exp(z));
}
