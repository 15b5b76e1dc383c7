/**
 * How sure a name is. A model's false-accept rate is one comparison's; a face that is looked up in a gallery is compared
 * with every person of it, so among a thousand people strangers are named a thousand times as often as between two.
 */

/** The chance that a stranger is given some name, each known person being one comparison: 1 − (1 − FAR)^people. */
export function strangerRate(far: number, people: number): number {
  return 1 - (1 - far) ** people;
}

/** No calibration rests on pairs enough to tell a smaller rate of error. */
const MOST = 0.99999;

/**
 * (1 − FAR)^people, FAR at the normalised distance of the match: the chance that none of the gallery's people would be so
 * near to a stranger. Never 1.
 */
export function certaintyAmong(far: number, people: number): number {
  return Math.min(MOST, 1 - strangerRate(far, people));
}

/** 0.9987 → “99.8 %”: rounded down, so that nothing is ever called certain. */
export function certaintyText(certainty: number): string {
  const percent = Math.max(0, certainty) * 100;
  if (percent >= 99.99) return '> 99.99 %';
  const digits = percent >= 99.9 ? 2 : percent >= 90 ? 1 : 0;
  const step = 10 ** digits;
  return `${(Math.floor(percent * step) / step).toFixed(digits)} %`;
}
