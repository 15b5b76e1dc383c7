/** A rectangle in pixels of the picture as it is shown. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface LabelWish {
  /** The face's box. */
  readonly box: Rect;
  /** The label's own size. */
  readonly width: number;
  readonly height: number;
  /** Higher ones choose first. */
  readonly rank: number;
}

/** Upper left corner. */
export type LabelPlace = Pick<Rect, 'x' | 'y'>;

/** How many label heights a label may be away from its box and still be recognisable as its. */
const ROWS = 3;
const GAP = 3;

/** Labels by their boxes, in the picture, clear of each other and of faces. Null: no room; shown when pointed at. */
export function placeLabels(
  wishes: readonly LabelWish[],
  picture: { width: number; height: number },
): (LabelPlace | null)[] {
  const places: (LabelPlace | null)[] = wishes.map(() => null);
  const taken: Rect[] = wishes.map(({ box }) => box);
  const order = wishes.map((_, i) => i).sort((a, b) => wishes[b]!.rank - wishes[a]!.rank);
  for (const i of order) {
    const { width, height } = wishes[i]!;
    const place = candidates(wishes[i]!, picture.width).find(({ x, y }) => {
      const inside = x >= 0 && y >= 0 && x + width <= picture.width && y + height <= picture.height;
      return inside && !taken.some((other) => overlap({ x, y, width, height }, other));
    });
    if (!place) continue;
    places[i] = place;
    taken.push({ ...place, width, height });
  }
  return places;
}

/** Nearest first: below before above, row by row; then right and left. */
function candidates({ box, width, height }: LabelWish, pictureWidth: number): LabelPlace[] {
  const x = clamp(box.x + (box.width - width) / 2, 0, pictureWidth - width);
  const rows = Array.from({ length: ROWS }, (_, row) => [
    { x, y: box.y + box.height + GAP + row * (height + 1) },
    { x, y: box.y - GAP - height - row * (height + 1) },
  ]);
  const sides = [box.height - height, (box.height - height) / 2, 0].flatMap((down) => [
    { x: box.x + box.width + GAP, y: box.y + down },
    { x: box.x - GAP - width, y: box.y + down },
  ]);
  return [...rows.flat(), ...sides];
}

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}

/** Width of a label's text in the app's font (app.css), pixels; `size`: font size. */
export function textWidth(text: string, size: number): number {
  pen ??= new OffscreenCanvas(1, 1).getContext('2d');
  if (!pen) return text.length * size; // wider than any font is
  pen.font = `600 ${size}px ${getComputedStyle(document.documentElement).fontFamily}`;
  return pen.measureText(text).width;
}

let pen: OffscreenCanvasRenderingContext2D | null = null;
