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

export interface LabelPlace {
  /** Upper left corner. */
  readonly x: number;
  readonly y: number;
}

/** How many label heights a label may stand away from its box: further, and nobody sees whose it is. */
const ROWS = 3;
const GAP = 3;

/**
 * Places a label below or above each box, centred, so that no two labels overlap, none covers another face, and all
 * stay inside the picture. Null where there is no room; such a label is shown when its face is pointed at.
 */
export function placeLabels(
  wishes: readonly LabelWish[],
  picture: { width: number; height: number },
): (LabelPlace | null)[] {
  const places: (LabelPlace | null)[] = wishes.map(() => null);
  const taken: Rect[] = wishes.map(({ box }) => box);
  const order = wishes.map((_, i) => i).sort((a, b) => wishes[b]!.rank - wishes[a]!.rank);
  for (const i of order) {
    const { box, width, height } = wishes[i]!;
    const x = clamp(box.x + (box.width - width) / 2, 0, picture.width - width);
    for (const y of candidates(box, height)) {
      const label = { x, y, width, height };
      if (y < 0 || y + height > picture.height || taken.some((other) => overlap(label, other))) continue;
      places[i] = { x, y };
      taken.push(label);
      break;
    }
  }
  return places;
}

/** Nearest first, below before above. */
function candidates(box: Rect, height: number): number[] {
  return Array.from({ length: ROWS }, (_, row) => [
    box.y + box.height + GAP + row * (height + 1),
    box.y - GAP - height - row * (height + 1),
  ]).flat();
}

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}

/** Width of a label's text in the app's font (app.css), pixels; `size` is the font's. */
export function textWidth(text: string, size: number): number {
  pen ??= new OffscreenCanvas(1, 1).getContext('2d');
  if (!pen) return text.length * size; // wider than any font is
  pen.font = `600 ${size}px ${getComputedStyle(document.documentElement).fontFamily}`;
  return pen.measureText(text).width;
}

let pen: OffscreenCanvasRenderingContext2D | null = null;
