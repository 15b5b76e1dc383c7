/** The pictures of a person that a run holds out for its evaluation. */

const SHARE = 0.3;

/** How many of a person's `count` pictures are held out: three tenths, one at least, never the last one to train on. */
export function heldOutOf(count: number): number {
  return count < 2 ? 0 : Math.min(count - 1, Math.max(1, Math.round(count * SHARE)));
}

/** A person's pictures split in two, those held out evenly spread among the others. */
export function splitPictures<T>(pictures: readonly T[]): { readonly train: T[]; readonly heldOut: T[] } {
  const heldOut = heldOutOf(pictures.length);
  const isHeldOut = (i: number) =>
    Math.floor(((i + 1) * heldOut) / pictures.length) > Math.floor((i * heldOut) / pictures.length);
  return { train: pictures.filter((_, i) => !isHeldOut(i)), heldOut: pictures.filter((_, i) => isHeldOut(i)) };
}
