/** How well groups agree with the truth, each 0–1. */
export interface GroupingScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface GroupingReport {
  /** Over pairs of faces: are those in one group one person (precision), and those of one person in one group (recall)? */
  readonly pairwise: GroupingScore;
  /** B-cubed (Bagga and Baldwin, 1998): the same shares for each face, then the mean over faces. */
  readonly bCubed: GroupingScore;
  /** Groups, a face without one counted as its own. */
  readonly groups: number;
  /** People in truth. */
  readonly people: number;
}

/** Compares labels (−1: a group of its own) with the true people, both an entry a face. */
export function measureGrouping(labels: ArrayLike<number>, truth: ArrayLike<number>): GroupingReport {
  const n = labels.length;
  const own = Array.from(labels, (label, i) => (label < 0 ? -1 - i : label));
  const groupSizes = tally(own);
  const peopleSizes = tally(Array.from(truth));
  const cells = new Map<string, number>();
  const key = (i: number): string => `${own[i]} ${truth[i]}`;
  for (let i = 0; i < n; i++) cells.set(key(i), (cells.get(key(i)) ?? 0) + 1);

  const pairs = (sizes: Iterable<number>): number => {
    let sum = 0;
    for (const size of sizes) sum += (size * (size - 1)) / 2;
    return sum;
  };
  const right = pairs(cells.values());
  const pairwise = score(share(right, pairs(groupSizes.values())), share(right, pairs(peopleSizes.values())));

  let precision = 0;
  let recall = 0;
  for (let i = 0; i < n; i++) {
    const together = cells.get(key(i))!;
    precision += together / groupSizes.get(own[i]!)!;
    recall += together / peopleSizes.get(truth[i]!)!;
  }
  const bCubed = score(share(precision, n), share(recall, n));
  return { pairwise, bCubed, groups: groupSizes.size, people: peopleSizes.size };
}

function tally(labels: readonly number[]): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  return sizes;
}

/** 1 where there is nothing to get wrong. */
function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}

function score(precision: number, recall: number): GroupingScore {
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { precision, recall, f1 };
}
