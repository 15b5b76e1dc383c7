import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Page } from '@playwright/test';

/** Writes the picture turned clockwise by quarters, in its pixels and without a word of it in EXIF. Returns `to`. */
export async function turnedCopy(page: Page, from: string, quarters: number, to: string): Promise<string> {
  const base64 = await page.evaluate(
    async ([bytes, turns]) => {
      const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))]));
      const isAside = turns % 2 === 1;
      const canvas = document.createElement('canvas');
      canvas.width = isAside ? picture.height : picture.width;
      canvas.height = isAside ? picture.width : picture.height;
      const context = canvas.getContext('2d')!;
      context.translate(canvas.width / 2, canvas.height / 2);
      context.rotate((turns * Math.PI) / 2);
      context.drawImage(picture, -picture.width / 2, -picture.height / 2);
      return canvas.toDataURL('image/jpeg', 0.95).split(',')[1]!;
    },
    [readFileSync(from).toString('base64'), quarters] as const,
  );
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, Buffer.from(base64, 'base64'));
  return to;
}
