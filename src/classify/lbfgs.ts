import { dot } from '../core/vectors';

/** Writes the gradient at `x` into `gradient` and returns the value. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface LbfgsOptions {
  /** Ends when the largest entry of the gradient is below. */
  readonly tolerance: number;
  readonly maxRounds: number;
}

/** Pairs of steps remembered. */
const MEMORY = 10;

/** Limited-memory BFGS (Nocedal, 1980) with a line search that halves until the value falls enough (Armijo). */
export function minimise(
  objective: Objective,
  start: Float64Array,
  { tolerance, maxRounds }: LbfgsOptions,
): Float64Array {
  let x = start.slice();
  let gradient: Float64Array = new Float64Array(x.length);
  let value = objective(x, gradient);
  const history: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let round = 0; round < maxRounds; round++) {
    if (gradient.every((g) => Math.abs(g) < tolerance)) break;
    const direction = descentOf(gradient, history);
    const along = dot(direction, gradient);
    let step = history.length === 0 ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1;
    let taken = false;
    for (let tries = 0; tries < 40; tries++, step /= 2) {
      const next = x.map((xi, i) => xi + step * direction[i]!);
      const nextGradient = new Float64Array(x.length);
      const nextValue = objective(next, nextGradient);
      if (nextValue > value + 1e-4 * step * along) continue;
      const s = next.map((xi, i) => xi - x[i]!);
      const y = nextGradient.map((g, i) => g - gradient[i]!);
      const sy = dot(s, y);
      if (sy > 1e-12) history.push({ s, y, rho: 1 / sy });
      if (history.length > MEMORY) history.shift();
      [x, gradient, value] = [next, nextGradient, nextValue];
      taken = true;
      break;
    }
    if (!taken) break;
  }
  return x;
}

/** −H · gradient by the two loops over what is remembered. */
function descentOf(
  gradient: Float64Array,
  history: readonly { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[],
): Float64Array {
  const q = gradient.map((g) => -g);
  const alphas: number[] = [];
  for (const { s, y, rho } of history.toReversed()) {
    const alpha = rho * dot(s, q);
    alphas.push(alpha);
    for (let i = 0; i < q.length; i++) q[i]! -= alpha * y[i]!;
  }
  const last = history.at(-1);
  const scale = last ? 1 / (last.rho * dot(last.y, last.y)) : 1;
  for (let i = 0; i < q.length; i++) q[i]! *= scale;
  for (const { s, y, rho } of history) {
    const beta = rho * dot(y, q);
    const alpha = alphas.pop()!;
    for (let i = 0; i < q.length; i++) q[i]! += (alpha - beta) * s[i]!;
  }
  return q;
}
