import { boxArea, sharedArea, type Candidate } from './boxes';

/** What two boxes' shared area is measured against: the area they cover together, or the smaller one's own. */
export type OverlapMode = 'union' | 'smaller';

/**
 * Non-maximum suppression: the candidates in order of falling score, without those that overlap a better one by more
 * than `limit` (0–1). Ties keep their order.
 */
export function nms<T extends Candidate>(candidates: readonly T[], limit: number, mode: OverlapMode): T[] {
  const sorted = [...candidates].sort((a, b) => b.score - a.score);
  const areas = Float64Array.from(sorted, boxArea);
  const gone = new Uint8Array(sorted.length);
  const kept: T[] = [];
  for (let i = 0; i < sorted.length; i++) {
    if (gone[i]) continue;
    const best = sorted[i]!;
    kept.push(best);
    for (let j = i + 1; j < sorted.length; j++) {
      if (gone[j]) continue;
      const shared = sharedArea(best, sorted[j]!);
      if (shared === 0) continue;
      const against = mode === 'union' ? areas[i]! + areas[j]! - shared : Math.min(areas[i]!, areas[j]!);
      if (shared > limit * against) gone[j] = 1;
    }
  }
  return kept;
}
