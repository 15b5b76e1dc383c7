/**
 * How certain a name is. A model's false-accept rate is that of one comparison; a face is compared with every person of a
 * gallery, so among a thousand people strangers are named a thousand times as often as between two.
 */

/** The probability that a stranger is given some name: 1 − (1 − FAR)^people, one comparison a person. */
export function strangerRate(far: number, people: number): number {
  return 1 - (1 - far) ** people;
}

/** No calibration has enough pairs to show a smaller error rate. */
const MOST = 0.99999;

/** (1 − FAR)^people, FAR at the match's normalised distance: the probability that nobody is this near a stranger. Never 1. */
export function certaintyAmong(far: number, people: number): number {
  return Math.min(MOST, 1 - strangerRate(far, people));
}

/** 0.9987 → “99.8 %”: rounded down, so that nothing is called certain. */
export function certaintyText(certainty: number): string {
  const percent = Math.max(0, certainty) * 100;
  if (percent >= 99.99) return '> 99.99 %';
  const digits = percent >= 99.9 ? 2 : percent >= 90 ? 1 : 0;
  const step = 10 ** digits;
  return `${(Math.floor(percent * step) / step).toFixed(digits)} %`;
}
