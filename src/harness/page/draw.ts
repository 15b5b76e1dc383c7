import type { Box } from '../../core/types';
import { placeLabels } from './labels';

export interface DrawnFace {
  readonly box: Box;
  readonly label: string;
  /** Known people and unknown ones get different colours. */
  readonly known: boolean;
}

const KNOWN = '#1a7f37';
const UNKNOWN = '#b35900';

/** An upright copy with a box and a label for each face, in proportion to it. Throws as `createImageBitmap`. */
export async function drawFaces(picture: Blob, faces: readonly DrawnFace[], type: string): Promise<Blob> {
  const bitmap = await createImageBitmap(picture, { imageOrientation: 'from-image' });
  try {
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    drawAll(context, faces);
    return await canvas.convertToBlob({ type, quality: 0.92 });
  } finally {
    bitmap.close();
  }
}

function drawAll(context: OffscreenCanvasRenderingContext2D, faces: readonly DrawnFace[]): void {
  const { width, height } = context.canvas;
  const letter = Math.max(9, Math.max(width, height) / 80);
  context.font = `600 ${letter}px system-ui, sans-serif`;
  context.textBaseline = 'middle';
  context.lineWidth = letter / 6;
  const sizes = faces.map(({ label }) => ({
    width: context.measureText(label).width + 0.7 * letter,
    height: 1.35 * letter,
  }));
  const boxes = faces.map(({ box }) => box);
  const places = placeLabels(boxes, sizes, { width, height });
  for (const [i, face] of faces.entries()) drawFace(context, face, places[i]!, letter);
}

function drawFace(
  context: OffscreenCanvasRenderingContext2D,
  { box, label, known }: DrawnFace,
  place: Box,
  letter: number,
): void {
  const colour = known ? KNOWN : UNKNOWN;
  context.strokeStyle = colour;
  context.strokeRect(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0);
  context.fillStyle = colour;
  context.fillRect(place.x0, place.y0, place.x1 - place.x0, place.y1 - place.y0);
  context.fillStyle = '#fff';
  context.fillText(label, place.x0 + 0.35 * letter, (place.y0 + place.y1) / 2);
}
