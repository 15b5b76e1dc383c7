import type { Box } from '../../core/types';

export interface Size {
  readonly width: number;
  readonly height: number;
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
  const height = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  return Math.max(0, width) * Math.max(0, height);
}

/** Moved as little as needed to lie within the picture. */
function inside(x: number, y: number, { width, height }: Size, picture: Size): Box {
  const x0 = Math.max(0, Math.min(x, picture.width - width));
  const y0 = Math.max(0, Math.min(y, picture.height - height));
  return { x0, y0, x1: x0 + width, y1: y0 + height };
}

/** Where a label may go, the best place first: under the face, over it, then a row further away. */
function places(face: Box, size: Size, picture: Size): Box[] {
  const middle = (face.x0 + face.x1 - size.width) / 2;
  const rows = [face.y1, face.y0 - size.height, face.y1 + size.height, face.y0 - 2 * size.height];
  return rows.flatMap((y) => [middle, face.x0, face.x1 - size.width].map((x) => inside(x, y, size, picture)));
}

/** A place for each face's label, so that as little as possible of the faces and of other labels is covered. */
export function placeLabels(faces: readonly Box[], sizes: readonly Size[], picture: Size): Box[] {
  const placed: Box[] = [];
  for (const [i, face] of faces.entries()) {
    const sum = (others: readonly Box[], place: Box) => others.reduce((all, other) => all + overlap(place, other), 0);
    // A hidden word is worse than a hidden chin.
    const covered = (place: Box) => sum(faces, place) + 3 * sum(placed, place);
    const candidates = places(face, sizes[i]!, picture).map((place) => ({ place, covers: covered(place) }));
    placed.push(candidates.reduce((best, next) => (next.covers < best.covers ? next : best)).place);
  }
  return placed;
}
