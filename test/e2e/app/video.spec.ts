import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { addPerson, expect, go, openApp, portrait, sample, test } from './appTest';
import { clusterStart } from '../../fixtures/webm';
import { stillFilm } from './film';
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

test('a video is scanned: who appears when, saved as CSV and WebVTT', async ({ page }) => {
  await openApp(page, 'People');
  await addPerson(page, 'Robert Curbeam', portrait('Robert Curbeam'));
  await go(page, 'Recognise');
  const buffer = await recordPan(page);
  await page.getByLabel('Video file').setInputFiles({ name: 'Film <b>.webm', mimeType: 'video/webm', buffer });
  await page.getByRole('button', { name: 'Who appears when?' }).click();
  await go(page, 'Photos'); // it is scanned in the background
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
    /^name,start,end,certainty\r\n(.*\r\n)*"Robert Curbeam",0\.\d{3},[12]\.\d{3},0\.\d{4}\r\n/,
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

/** Who appears when in the film, as the list shows it. */
async function appearances(page: Page, film: { name: string; mimeType: string; buffer: Buffer }): Promise<string[]> {
  await page.getByLabel('Video file').setInputFiles(film);
  await page.getByRole('button', { name: 'Who appears when?' }).click();
  const csv = page.getByRole('button', { name: 'Save as CSV' });
  await expect(csv).toBeVisible({ timeout: 90_000 });
  const [download] = await Promise.all([page.waitForEvent('download'), csv.click()]);
  return readFileSync(await download.path(), 'utf8')
    .trimEnd()
    .split('\r\n')
    .slice(1);
}

/** Of the person alone: beside him a suit may be taken for a face. */
const of = (rows: readonly string[], name: string): (string | undefined)[][] =>
  rows.filter((row) => row.startsWith(`"${name}"`)).map((row) => row.split(',').slice(1, 3));

test('a film that is cut off keeps what was found before, says how far it can be read, and is saved', async ({
  page,
}) => {
  await openApp(page, 'People');
  await addPerson(page, 'Daniel Barry', portrait('Daniel Barry'));
  await go(page, 'Recognise');
  const whole = await stillFilm(page, {
    picture: portrait('Daniel Barry'),
    ...{ width: 480, height: 360, across: 240, seconds: 8, rate: 10 },
  });
  const webm = (name: string, buffer: Buffer) => ({ name, mimeType: 'video/webm', buffer });
  expect(of(await appearances(page, webm('whole.webm', whole)), 'Daniel Barry')).toEqual([['0.000', '8.000']]);
  await expect(page.getByText('The video can be read only up to')).toHaveCount(0);

  const cut = whole.subarray(0, clusterStart(whole, 4));
  expect(of(await appearances(page, webm('cut.webm', cut)), 'Daniel Barry')).toEqual([['0.000', '4.000']]);
  await expect(page.getByText('The video can be read only up to 00:04.0')).toBeVisible();
  await look(page, 'video-cut-light');
  await page.setViewportSize({ width: 390, height: 780 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await look(page, 'video-cut-phone-dark');
});

test('an MP4 cut in the middle of a frame is read up to there, and stays usable', async ({ page }) => {
  const file = resolve(process.env['FACENET_CASES'] ?? '../shared/cases', 'cut-film-mp4/cut-fs.mp4');
  if (process.env['EXPECT_SHARED'] !== '1') test.skip(!existsSync(file), 'the case is not here');
  await openApp(page, 'People');
  await addPerson(page, 'Daniel Barry', portrait('Daniel Barry'));
  await go(page, 'Recognise');
  const buffer = readFileSync(file);
  const mp4 = (name: string, bytes: Buffer) => ({ name, mimeType: 'video/mp4', buffer: bytes });
  expect(of(await appearances(page, mp4('cut.mp4', buffer)), 'Daniel Barry')).toEqual([['0.000', '4.000']]);
  await expect(page.getByText('The video can be read only up to 00:04.0')).toBeVisible();
  await expect(page.getByText('This browser cannot read that video.')).toHaveCount(0);

  // Damaged where the file does not tell it: the browser itself gives up there.
  const damaged = Buffer.concat([buffer.subarray(0, 70_000), Buffer.alloc(121_703, 0xa5)]);
  const rows = of(await appearances(page, mp4('damaged.mp4', damaged)), 'Daniel Barry');
  expect(rows).toHaveLength(1);
  expect(Number(rows[0]![1])).toBeGreaterThan(1);
  expect(Number(rows[0]![1])).toBeLessThan(4);
  await expect(page.getByText('The video can be read only up to 00:0')).toBeVisible();
  const again = page.getByRole('button', { name: 'Who appears when?' });
  await expect(again).toBeEnabled();
  await again.click();
  await expect(page.getByText('The video can be read only up to 00:0')).toBeVisible({ timeout: 60_000 });
});

test('a film damaged in the middle is scanned before and after that place', async ({ page }) => {
  await openApp(page, 'People');
  await addPerson(page, 'Daniel Barry', portrait('Daniel Barry'));
  await go(page, 'Recognise');
  const buffer = await stillFilm(page, {
    picture: portrait('Daniel Barry'),
    ...{ width: 480, height: 360, across: 240, seconds: 12, rate: 5, damaged: 4 },
  });
  const rows = of(await appearances(page, { name: 'bad.webm', mimeType: 'video/webm', buffer }), 'Daniel Barry');
  expect(rows[0]![0]).toBe('0.000');
  expect(rows.at(-1)![1]).toBe('12.000');
  await expect(page.getByText(/The video is damaged: it cannot be read at 00:0[34]\.\d–00:0[5-7]/)).toBeVisible();
  await look(page, 'video-damaged-light');
});

test('faces far away in a large film are found as in a picture; the least size is shown, and large ones alone are a choice', async ({
  page,
}) => {
  await openApp(page, 'People');
  await addPerson(page, 'Daniel Barry', portrait('Daniel Barry'));
  await go(page, 'Recognise');
  // His face is about 76×105 of 3840×2160 pixels.
  const buffer = await stillFilm(page, {
    picture: portrait('Daniel Barry'),
    ...{ width: 3840, height: 2160, across: 500, seconds: 2, rate: 5 },
  });
  const film = { name: 'far.webm', mimeType: 'video/webm', buffer };
  expect(of(await appearances(page, film), 'Daniel Barry')).toEqual([['0.000', '2.000']]);
  await expect(page.getByText('Faces less than 48 pixels wide were not looked for.')).toBeVisible();
  await look(page, 'video-far-light');
  await page.setViewportSize({ width: 390, height: 780 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await look(page, 'video-far-phone-dark');

  await page.getByLabel('Large faces only (faster)').check();
  await page.getByRole('button', { name: 'Who appears when?' }).click();
  await expect(page.getByText(/Faces less than 2\d\d pixels wide were not looked for/)).toBeVisible({
    timeout: 60_000,
  });
  // A large patch of the suit may still be taken for somebody.
  const list = page.getByRole('list', { name: 'Appearances' }).getByRole('listitem');
  await expect(list.filter({ hasText: 'Daniel Barry' })).toHaveCount(0);
});
