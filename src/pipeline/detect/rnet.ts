import { nms } from './nms';
import { shiftBox, squareBox, type Candidate, type Shift } from './boxes';

const NMS_LIMIT = 0.7;

/**
 * R-Net's answer for one picture's candidates: those at or above `threshold`, thinned out, moved and made square again.
 * `probabilities` [n, 2] and `shifts` [n, 4] are the network's, `first` the row of the first candidate.
 */
export function refine(
  candidates: readonly Candidate[],
  [probabilities, shifts]: readonly Float32Array[],
  first: number,
  threshold: number,
): Candidate[] {
  const passed: (Candidate & { readonly shift: Shift })[] = [];
  for (const [i, box] of candidates.entries()) {
    const score = probabilities![2 * (first + i) + 1]!;
    if (score < threshold) continue;
    const at = 4 * (first + i);
    passed.push({ ...box, score, shift: [shifts![at]!, shifts![at + 1]!, shifts![at + 2]!, shifts![at + 3]!] });
  }
  return nms(passed, NMS_LIMIT, 'union').map(({ shift, ...box }) => squareBox(shiftBox(box, shift, 1)));
}
