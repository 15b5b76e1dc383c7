import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { addPerson, expect, go, openApp, portrait, sample, test } from './appTest';
import { look } from './look';

/** A WebM of two seconds, drawn from a sample picture that is panned, as a browser records it: its length is not in it. */
async function recordPan(page: Page): Promise<Buffer> {
  const base64 = readFileSync(sample('sts-98-spacewalkers.jpg')).toString('base64');
  const film = await page.evaluate(async (base64) => {
    const picture = await createImageBitmap(
      new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], { type: 'image/jpeg' }),
    );
    const canvas = document.createElement('canvas');
    canvas.width = 640;
    canvas.height = 400;
    const pen = canvas.getContext('2d')!;
    const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: 'video/webm', videoBitsPerSecond: 4e6 });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    const start = performance.now();
    for (let now = 0; now < 2000; now = performance.now() - start) {
      pen.drawImage(picture, -now / 40, -20, 700, (700 * picture.height) / picture.width);
      await new Promise(requestAnimationFrame);
    }
    recorder.stop();
    await stopped;
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  }, base64);
  return Buffer.from(film, 'base64');
}

test('a video is looked through: who appears when, saved as CSV and WebVTT', async ({ page }) => {
  await openApp(page, 'People');
  await addPerson(page, 'Robert Curbeam', portrait('Robert Curbeam'));
  await go(page, 'Recognise');
  const buffer = await recordPan(page);
  await page.getByLabel('Video file').setInputFiles({ name: 'Film <b>.webm', mimeType: 'video/webm', buffer });
  await page.getByRole('button', { name: 'Who appears when?' }).click();
  await go(page, 'Photos'); // it is looked through behind
  await page.goBack();
  const list = page.getByRole('list', { name: 'Appearances' }).getByRole('listitem');
  const csv = page.getByRole('button', { name: 'Save as CSV' });
  await expect(csv).toBeVisible({ timeout: 60_000 });
  await expect(list).toHaveCount(2);
  await expect(list.filter({ hasText: 'Robert Curbeam' })).toHaveCount(1);
  await expect(list.filter({ hasText: 'Unknown' })).toHaveCount(1);
  await look(page, 'video-light');
  await page.setViewportSize({ width: 360, height: 740 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await look(page, 'video-phone-dark');
  const [download] = await Promise.all([page.waitForEvent('download'), csv.click()]);
  expect(readFileSync(await download.path(), 'utf8')).toMatch(
    /^name,start,end,certainty\r\n(.*\r\n)*Robert Curbeam,0\.\d{3},[12]\.\d{3},0\.\d{4}\r\n/,
  );
  const vtt = page.getByRole('button', { name: 'Save as WebVTT' });
  const [cues] = await Promise.all([page.waitForEvent('download'), vtt.click()]);
  expect(readFileSync(await cues.path(), 'utf8')).toMatch(/^WEBVTT\n\n00:00:0/);
});

test('a video that the browser cannot read is said, with what to do', async ({ page }) => {
  await openApp(page);
  const buffer = Buffer.from('no video at all');
  await page.getByLabel('Video file').setInputFiles({ name: 'broken.mp4', mimeType: 'video/mp4', buffer });
  await expect(page.getByText('This browser cannot read that video.')).toBeVisible();
  await page.getByRole('button', { name: 'Close the video' }).click();
  await expect(page.getByText('This browser cannot read that video.')).toHaveCount(0);
});
