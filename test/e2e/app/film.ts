import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { webm, type EncodedFrame } from '../../fixtures/webm';

/** A film of one picture on grey, `across` pixels wide. */
export interface StillFilm {
  readonly picture: string;
  readonly width: number;
  readonly height: number;
  readonly across: number;
  readonly seconds: number;
  /** Frames a second. */
  readonly rate: number;
  /** A second whose frames are filled with nonsense. */
  readonly damaged?: number;
}

/** Encoded by the page's browser, written as a program writes a WebM. */
export async function stillFilm(
  page: Page,
  { picture, width, height, across, seconds, rate, damaged }: StillFilm,
): Promise<Buffer> {
  const base64 = readFileSync(picture).toString('base64');
  const frames = await page.evaluate(
    async ({ base64, width, height, across, count, rate }) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
      const canvas = new OffscreenCanvas(width, height);
      const pen = canvas.getContext('2d')!;
      pen.fillStyle = '#808080';
      pen.fillRect(0, 0, width, height);
      pen.imageSmoothingQuality = 'high';
      const down = (image.height * across) / image.width;
      pen.drawImage(image, (width - across) / 2, (height - down) / 2, across, down);
      const chunks: { time: number; key: boolean; base64: string }[] = [];
      const encoder = new VideoEncoder({
        output: (chunk) => {
          const data = new Uint8Array(chunk.byteLength);
          chunk.copyTo(data);
          let text = '';
          for (const byte of data) text += String.fromCharCode(byte);
          chunks.push({ time: chunk.timestamp / 1000, key: chunk.type === 'key', base64: btoa(text) });
        },
        error: (error) => {
          throw error;
        },
      });
      encoder.configure({ codec: 'vp8', width, height, bitrate: 8e6, framerate: rate });
      for (let i = 0; i < count; i++) {
        const frame = new VideoFrame(canvas, { timestamp: (i * 1e6) / rate });
        encoder.encode(frame, { keyFrame: i % rate === 0 });
        frame.close();
      }
      await encoder.flush();
      return chunks;
    },
    { base64, width, height, across, count: seconds * rate, rate },
  );
  const encoded = frames.map(({ time, key, base64 }): EncodedFrame => {
    const data = Buffer.from(base64, 'base64');
    return { time, key, data: Math.floor(time / 1000) === damaged ? data.fill(0xa5) : data };
  });
  return webm(encoded, width, height, seconds);
}
