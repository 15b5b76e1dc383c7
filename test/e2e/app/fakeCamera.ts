import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { chromium, type Browser, type LaunchOptions } from '@playwright/test';
import { sample } from './appTest';

/** A part of a sample picture: x, y, width, height in its pixels; shown `height` pixels high, side by side. */
export interface Part {
  readonly file: string;
  readonly cut: readonly [number, number, number, number];
}

const WIDTH = 1280;
const HEIGHT = 720;
/** A .mjpeg file is plain JPEGs one after the other; Chromium plays it over and over. */
const FRAMES = 4;

/** Draws the parts side by side on a 1280×720 frame and writes it as a film that Chromium takes for a camera. */
export async function writeFilm(path: string, parts: readonly Part[], options: LaunchOptions): Promise<void> {
  const browser = await chromium.launch(options);
  try {
    const page = await browser.newPage();
    const pictures = parts.map(({ file, cut }) => ({ cut, base64: readFileSync(sample(file)).toString('base64') }));
    const frame = await page.evaluate(
      async ({ pictures, width, height }) => {
        const canvas = document.createElement('canvas');
        canvas.width = width;
        canvas.height = height;
        const context = canvas.getContext('2d')!;
        const column = width / pictures.length;
        for (const [i, { cut, base64 }] of pictures.entries()) {
          const picture = new Image();
          picture.src = `data:image/jpeg;base64,${base64}`;
          await picture.decode();
          const [x, y, w, h] = cut;
          const scale = Math.min(column / w, height / h);
          context.drawImage(picture, x, y, w, h, i * column, (height - h * scale) / 2, w * scale, h * scale);
        }
        return canvas.toDataURL('image/jpeg', 0.92).split(',')[1]!;
      },
      { pictures, width: WIDTH, height: HEIGHT },
    );
    const jpeg = Buffer.from(frame, 'base64');
    await writeFile(path, Buffer.concat(Array.from({ length: FRAMES }, () => jpeg)));
  } finally {
    await browser.close();
  }
}

/** A pan by `pixels` of a 640×360 frame to one side in 4 seconds, and back. */
const PAN = { width: 640, height: 360, pixels: 150, frames: 120 } as const;

/** A camera that pans over a sample picture, to and fro, as a film at 30 frames a second. */
export async function writePan(path: string, file: string, options: LaunchOptions): Promise<void> {
  const browser = await chromium.launch(options);
  try {
    const page = await browser.newPage();
    const base64 = readFileSync(sample(file)).toString('base64');
    const frames = await page.evaluate(
      async ({ base64, width, height, pixels, frames }) => {
        const picture = new Image();
        picture.src = `data:image/jpeg;base64,${base64}`;
        await picture.decode();
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [width, height];
        const pen = canvas.getContext('2d')!;
        const shownWidth = width + pixels;
        return Array.from({ length: frames }, (_, i) => {
          pen.drawImage(picture, (-pixels * i) / frames, 0, shownWidth, (picture.height * shownWidth) / picture.width);
          return canvas.toDataURL('image/jpeg', 0.85).split(',')[1]!;
        });
      },
      { base64, ...PAN },
    );
    const jpegs = frames.map((frame) => Buffer.from(frame, 'base64'));
    await writeFile(path, Buffer.concat([...jpegs, ...jpegs.toReversed()]));
  } finally {
    await browser.close();
  }
}

/** A Chromium whose only camera plays the film. */
export function launchWithCamera(film: string, options: LaunchOptions): Promise<Browser> {
  const args = [
    ...(options.args ?? []),
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${film}`,
  ];
  return chromium.launch({ ...options, args });
}

/** A Chromium with two cameras, which show a test picture each. */
export function launchWithTwoCameras(options: LaunchOptions): Promise<Browser> {
  const args = [...(options.args ?? []), '--use-fake-device-for-media-stream=device-count=2'];
  return chromium.launch({ ...options, args });
}
