/** No group. */
export const UNGROUPED = -1;

/** Labels renumbered 0, 1, … in order of first appearance; negative ones become −1. */
export function tidyLabels(labels: ArrayLike<number>): Int32Array {
  const known = new Map<number, number>();
  return Int32Array.from(labels, (label) => {
    if (label < 0) return UNGROUPED;
    let tidy = known.get(label);
    if (tidy === undefined) known.set(label, (tidy = known.size));
    return tidy;
  });
}

/** The members of each group in order of label; the ungrouped are in none. */
export function groupsOf(labels: ArrayLike<number>): number[][] {
  const groups: number[][] = [];
  for (let i = 0; i < labels.length; i++) if (labels[i]! >= 0) (groups[labels[i]!] ??= []).push(i);
  return groups;
}
