import type { DrawnFace } from '../bridge';

const KNOWN = '#1a7f37';
const UNKNOWN = '#b35900';

/**
 * A copy of a picture, upright, with a box and a label for each face; lines and letters grow with the picture, so that
 * they can be read at any size. Throws what `createImageBitmap` throws for a picture that cannot be read.
 */
export async function drawFaces(picture: Blob, faces: readonly DrawnFace[], type: string): Promise<Blob> {
  const bitmap = await createImageBitmap(picture, { imageOrientation: 'from-image' });
  try {
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    const unit = Math.max(1, Math.max(canvas.width, canvas.height) / 800);
    for (const face of faces) drawFace(context, face, unit);
    return await canvas.convertToBlob({ type, quality: 0.92 });
  } finally {
    bitmap.close();
  }
}

function drawFace(context: OffscreenCanvasRenderingContext2D, { box, label, known }: DrawnFace, unit: number): void {
  const colour = known ? KNOWN : UNKNOWN;
  context.lineWidth = 2 * unit;
  context.strokeStyle = colour;
  context.strokeRect(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0);

  context.font = `600 ${12 * unit}px system-ui, sans-serif`;
  const height = 16 * unit;
  const width = context.measureText(label).width + 8 * unit;
  // Under the box, unless it would leave the picture there.
  const top = box.y1 + height <= context.canvas.height ? box.y1 : Math.max(0, box.y0 - height);
  const left = Math.max(0, Math.min(box.x0, context.canvas.width - width));
  context.fillStyle = colour;
  context.fillRect(left, top, width, height);
  context.fillStyle = '#fff';
  context.textBaseline = 'middle';
  context.fillText(label, left + 4 * unit, top + height / 2);
}
