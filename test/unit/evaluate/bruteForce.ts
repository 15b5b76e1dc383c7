/** The protocol written down a second time, as plainly as can be and without a line of the product's. */
export interface PlainPair {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly same: boolean;
  readonly fold: number;
}

export interface PlainResult {
  readonly accuracies: number[];
  readonly vals: number[];
  readonly fars: number[];
  readonly auc: number;
  readonly eer: number;
}

function distanceOf(a: readonly number[], b: readonly number[], cosine: boolean): number {
  if (!cosine) return a.reduce((sum, x, i) => sum + Math.pow(x - b[i]!, 2), 0);
  const dot = a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const similarity = dot / (Math.hypot(...a) * Math.hypot(...b));
  return Math.acos(similarity) / Math.PI;
}

const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

export function bruteForce(
  pairs: readonly PlainPair[],
  folds: number,
  { cosine, subtractMean, far, step = 0.01 }: { cosine: boolean; subtractMean: boolean; far: number; step?: number },
): PlainResult {
  const result: PlainResult = { accuracies: [], vals: [], fars: [], auc: 0, eer: 0 };
  const curves: { tpr: number; far: number }[][] = [];
  for (let fold = 0; fold < folds; fold++) {
    const training = pairs.filter((pair) => pair.fold !== fold);
    const vectors = training.flatMap(({ a, b }) => [a, b]);
    const centre = pairs[0]!.a.map((_, c) => (subtractMean ? average(vectors.map((v) => v[c]!)) : 0));
    const decided = pairs.map(({ a, b, ...pair }) => ({
      ...pair,
      distance: distanceOf(
        a.map((x, c) => x - centre[c]!),
        b.map((x, c) => x - centre[c]!),
        cosine,
      ),
    }));
    const [train, test] = [decided.filter((p) => p.fold !== fold), decided.filter((p) => p.fold === fold)];
    const accuracy = (set: typeof decided, t: number) => average(set.map((p) => (p.distance < t === p.same ? 1 : 0)));
    const accepted = (set: typeof decided, same: boolean, t: number) =>
      average(set.filter((p) => p.same === same).map((p) => (p.distance < t ? 1 : 0)));

    let best = { threshold: 0, accuracy: -1 };
    for (let k = 0; k < Math.round(4 / step); k++) {
      const now = accuracy(train, k * step);
      if (now > best.accuracy + 1e-12) best = { threshold: k * step, accuracy: now };
    }
    result.accuracies.push(accuracy(test, best.threshold));

    let threshold = 0;
    for (let k = 1; k < 4000; k++) {
      const [low, high] = [accepted(train, false, (k - 1) * 0.001), accepted(train, false, k * 0.001)];
      if (low < far && high >= far - 1e-12) {
        threshold = (k - 1) * 0.001 + ((far - low) / (high - low)) * 0.001;
        break;
      }
    }
    result.vals.push(accepted(test, true, threshold));
    result.fars.push(accepted(test, false, threshold));
    curves.push(
      Array.from({ length: 1000 }, (_, k) => ({
        tpr: accepted(test, true, k * 0.01),
        far: accepted(test, false, k * 0.01),
      })),
    );
  }
  const curve = curves[0]!.map((_, k) => ({
    tpr: average(curves.map((c) => c[k]!.tpr)),
    far: average(curves.map((c) => c[k]!.far)),
  }));
  let area = 0;
  for (let k = 1; k < curve.length; k++)
    area += (curve[k]!.far - curve[k - 1]!.far) * ((curve[k]!.tpr + curve[k - 1]!.tpr) / 2);
  // The equal error rate by halving, on the curve as a function of the false-accept rate.
  const tprAt = (x: number): number => {
    const k = curve.findIndex((point) => point.far >= x);
    const [p, q] = [curve[k - 1] ?? { far: 0, tpr: 0 }, curve[k]!];
    return p.far === q.far ? q.tpr : p.tpr + ((x - p.far) / (q.far - p.far)) * (q.tpr - p.tpr);
  };
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (1 - tprAt(middle) > middle) low = middle;
    else high = middle;
  }
  return { ...result, auc: area, eer: low };
}
