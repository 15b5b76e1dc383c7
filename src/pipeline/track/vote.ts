import type { Match } from '../../core/types';
import { NOBODY } from '../match';

/** Weight of an answer at the threshold itself. */
const LEAST_WEIGHT = 0.1;

/**
 * One answer from those of several views of a face: each counts for its person, or for unknown, by how far its normalised
 * distance is from `threshold`. The result is the winner's view of least distance (for unknown too: it names the nearest
 * person). Ties go to unknown.
 */
export function voteMatch(matches: readonly Match[], threshold: number): Match {
  const votes = new Map<string | null, { weight: number; best: Match }>();
  for (const match of matches) {
    const margin = match.normalised === null ? 1 : Math.min(1, Math.abs(1 - match.normalised / threshold));
    const vote = votes.get(match.person) ?? { weight: 0, best: match };
    vote.weight += LEAST_WEIGHT + margin;
    if ((match.normalised ?? Infinity) < (vote.best.normalised ?? Infinity)) vote.best = match;
    votes.set(match.person, vote);
  }
  let winner = votes.get(null) ?? { weight: 0, best: NOBODY };
  for (const vote of votes.values()) if (vote.weight > winner.weight) winner = vote;
  return winner.best;
}
