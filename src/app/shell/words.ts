import { certaintyText } from '../../core/certainty';
import { count, countOf } from '../../core/count';
import type { CaptureHint, Match } from '../../core/types';
import type { TaskProgress } from './task.svelte';

type WordedMatch = Pick<Match, 'person' | 'distance' | 'certainty' | 'secondDistance'>;

export { certaintyText, strangerRate } from '../../core/certainty';
export { count, countOf, oneIn } from '../../core/count';

const DISTANCE = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const SIZE = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

export function distanceText(distance: number): string {
  return DISTANCE.format(distance);
}

/** “99.9 % certain, distance 0.62”; for an unknown face the nearest person; with the runner-up's margin. */
export function matchText(match: WordedMatch, nearestName: string | null, secondName: string | null = null): string {
  if (match.distance === null) return 'nobody in your list yet';
  const distance = `distance\u00a0${distanceText(match.distance)}`;
  if (match.person === null) return nearestName === null ? distance : `nearest: ${nearestName}, ${distance}`;
  const words = match.certainty === null ? distance : `${certaintyText(match.certainty)} certain, ${distance}`;
  if (secondName === null || match.secondDistance === null) return words;
  const margin = match.secondDistance - match.distance;
  // A trained classifier may choose somebody who is not the nearest.
  return `${words}; next ${secondName}, ${distanceText(Math.abs(margin))} ${margin < 0 ? 'nearer' : 'further'}`;
}

export function bytesText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${SIZE.format(bytes / 1000 ** power)} ${units[power]}`;
}

/** “3 of 12 pictures”, “1.2 MB of 90 MB”, or less where the numbers are unknown. */
export function progressText(progress: TaskProgress | null): string {
  const { done = 0, total = 0, unit } = progress ?? {};
  if (unit === 'pictures' && done + total > 0)
    return total > 0 ? countOf(done, total, 'picture') : count(done, 'picture');
  if (!unit || total === 0) return '';
  return unit === 'bytes' ? `${bytesText(done)} of ${bytesText(total)}` : `${done} of ${total}`;
}

/** How much is done, in whole percent. */
export function percentText(progress: TaskProgress | null): string {
  return progress && progress.total > 0 ? `${Math.floor((100 * progress.done) / progress.total)} %` : '';
}

/** 0.99517 → “99.52 %”. */
export function rateText(rate: number): string {
  return `${(100 * rate).toFixed(2)} %`;
}

/** What the person in front of the camera should do for a better picture. */
export const HINTS: Readonly<Record<CaptureHint, string>> = {
  closer: 'Come closer.',
  'more-light': 'More light on the face, please.',
  'less-light': 'Less light on the face, please.',
  'turn-left': 'Turn a little to your left.',
  'turn-right': 'Turn a little to your right.',
  'chin-up': 'Lift your chin a little.',
  'chin-down': 'Lower your chin a little.',
  'head-upright': 'Hold your head upright.',
  'hold-still': 'Hold still: the picture is blurred.',
};

/** Why a face is a poor one to enrol. */
export const FAULTS: Readonly<Record<CaptureHint, string>> = {
  closer: 'The face is small.',
  'more-light': 'The face is dark.',
  'less-light': 'The face is too bright.',
  'turn-left': 'The face looks to the side.',
  'turn-right': 'The face looks to the side.',
  'chin-up': 'The face looks down.',
  'chin-down': 'The face looks up.',
  'head-upright': 'The head leans to the side.',
  'hold-still': 'The face is blurred.',
};
