/** Pixels from which on the least face is told even where some are found: smaller ones are likely to be in such a picture too. */
const LARGE = 40;

/** Whether the least face looked for (shorter side, pixels) is to be told with a picture in which so many were found. */
export function isLeastFaceTold(leastFace: number, found: number): boolean {
  return found === 0 || leastFace >= LARGE;
}
