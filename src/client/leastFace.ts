/** From this size in pixels on, the least face is mentioned even where faces are found: smaller ones are likely in such a picture. */
const LARGE = 40;

/** Whether to mention the least face looked for (shorter side, pixels) with a picture in which `found` faces were found. */
export function mentionsLeastFace(leastFace: number, found: number): boolean {
  return found === 0 || leastFace >= LARGE;
}
