import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { portrait } from './appTest';

const PEOPLE = ['Edward Lu', 'Susan Helms', 'William Shepherd'] as const;
/** Of each: darker, brighter, turned a little, flipped. */
const PICTURES_EACH = 4;

/**
 * A folder of a folder for each person, with pictures that the browser makes of one portrait: too alike to prove that
 * anything is trained, different enough to train on.
 */
export async function classFolders(page: Page, folder: string): Promise<string> {
  for (const name of PEOPLE) {
    const bytes = readFileSync(portrait(name)).toString('base64');
    const pictures = await page.evaluate(
      async ([base64, count]) => {
        const data = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([data]));
        const made: string[] = [];
        for (let i = 0; i < count; i++) {
          const canvas = document.createElement('canvas');
          [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
          const context = canvas.getContext('2d')!;
          context.filter = `brightness(${0.8 + 0.15 * i})`;
          context.translate(bitmap.width / 2, bitmap.height / 2);
          context.rotate((i - 1.5) / 20);
          if (i === 3) context.scale(-1, 1);
          context.drawImage(bitmap, -bitmap.width / 2, -bitmap.height / 2);
          made.push(canvas.toDataURL('image/jpeg', 0.9).split(',')[1]!);
        }
        return made;
      },
      [bytes, PICTURES_EACH] as const,
    );
    mkdirSync(join(folder, name), { recursive: true });
    pictures.forEach((picture, i) => writeFileSync(join(folder, name, `${i}.jpg`), Buffer.from(picture, 'base64')));
  }
  return folder;
}

/** A small new network: it needs no model file, and learns in seconds. */
export async function tinyRecipe(page: Page, epochs: number): Promise<void> {
  await page.getByText('Change the recipe').click();
  await page.getByLabel('Begin with').selectOption({ label: 'A new network, an eighth as wide' });
  await page.getByLabel('Epochs').fill(`${epochs}`);
  await page.getByLabel('Pictures a step').fill('4');
  await page.getByLabel('Pictures a step').press('Tab');
}
