import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { addPerson, expect, go, openApp, people, portrait, ready, test as base, Watch } from './appTest';
import { look } from './look';
import { launchWithCamera, launchWithTwoCameras, writeFilm, writePan } from './fakeCamera';

/** Two people with portraits, and one without. */
const PARTS = [
  { file: 'sts-98-spacewalkers.jpg', cut: [0, 0, 1600, 1094] },
  { file: 'expedition-1-crew.jpg', cut: [1000, 160, 420, 480] },
] as const;

/** `camera`: a page whose browser has a camera with those three people before it, and leave to use it. */
const test = base.extend<{ camera: Page; context2: BrowserContext }, { cameraBrowser: Browser }>({
  cameraBrowser: [
    async ({ launchOptions }, use, workerInfo) => {
      const film = workerInfo.project.outputDir + `/camera-${workerInfo.workerIndex}.mjpeg`;
      await writeFilm(film, PARTS, launchOptions);
      const browser = await launchWithCamera(film, launchOptions);
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
  context2: async ({ cameraBrowser, baseURL }, use) => {
    const context = await cameraBrowser.newContext({ baseURL: baseURL!, locale: 'en-GB' });
    await use(context);
    await context.close();
  },
  camera: async ({ context2, baseURL }, use) => {
    await context2.grantPermissions(['camera']);
    const page = await context2.newPage();
    const watch = new Watch(page, baseURL!);
    await use(page);
    watch.assertClean();
  },
});

// One worker: each would draw a film and start a browser of its own.
test.describe.configure({ mode: 'default' });

const seen = (page: Page) => page.getByRole('list', { name: 'Faces in front of the camera' }).getByRole('listitem');

test('two people enrolled from pictures are shown by name before the camera, a third as unknown', async ({
  camera: page,
}) => {
  await openApp(page, 'People');
  await addPerson(page, 'Robert Curbeam', portrait('Robert Curbeam'));
  await addPerson(page, 'Thomas Jones', portrait('Thomas Jones'));
  await go(page, 'Recognise');
  expect(await page.locator('video').count(), 'nothing starts by itself').toBe(0);
  await page.getByRole('button', { name: 'Use the camera' }).click();
  await expect(seen(page)).toHaveCount(3, { timeout: 60_000 });
  await expect(seen(page).filter({ hasText: /^\s*Robert Curbeam/ })).toHaveCount(1);
  await expect(seen(page).filter({ hasText: /^\s*Thomas Jones/ })).toHaveCount(1);
  await expect(seen(page).filter({ hasText: /^\s*Unknown/ })).toHaveCount(1);
  await look(page, 'camera-light');
  await page.setViewportSize({ width: 360, height: 740 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await look(page, 'camera-phone-dark');

  // The third is named from the live picture, undone, and named again from its box.
  await seen(page).getByRole('button', { name: 'Who is this?' }).click();
  await page.getByLabel('Who is this?').fill('Sergei Krikalev');
  await look(page, 'camera-naming-phone-dark');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(seen(page).filter({ hasText: /^\s*Sergei Krikalev/ })).toHaveCount(1);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(seen(page).filter({ hasText: /^\s*Unknown/ })).toHaveCount(1);
  await page.getByRole('button', { name: 'Unknown: name this face' }).click();
  await page.getByLabel('Who is this?').fill('Sergei Krikalev');
  await page.getByLabel('Who is this?').press('Enter');
  await expect(seen(page).filter({ hasText: /^\s*Sergei Krikalev/ })).toHaveCount(1);
  const speed = page.getByText(/frames a second, results \d+ ms old/);
  await speed.click();
  await expect(page.getByRole('definition').filter({ hasText: /^6\d pixels$|^7[0-2] pixels$/ })).toBeVisible();
  await look(page, 'camera-speed-phone-dark');

  const stream = await page.evaluateHandle(() => document.querySelector('video')!.srcObject as MediaStream);
  await go(page, 'People');
  expect(await stream.evaluate((gone) => gone.active), 'leaving the view stops the camera').toBe(false);
});

test('a pan keeps each face in its box with its name', async ({ launchOptions, baseURL }, info) => {
  const film = info.outputPath('pan.mjpeg');
  await writePan(film, 'sts-98-spacewalkers.jpg', launchOptions);
  const browser = await launchWithCamera(film, launchOptions);
  try {
    const page = await browser.newPage({ baseURL: baseURL!, locale: 'en-GB', permissions: ['camera'] });
    await openApp(page, 'People');
    await addPerson(page, 'Robert Curbeam', portrait('Robert Curbeam'));
    await go(page, 'Recognise');
    await page.getByRole('button', { name: 'Use the camera' }).click();
    const known = page.getByRole('button', { name: 'Robert Curbeam: name this face' });
    const unknown = page.getByRole('button', { name: 'Unknown: name this face' });
    await expect(known).toHaveCount(1, { timeout: 60_000 });
    await expect(unknown).toHaveCount(1);
    // A box is one element as long as its track's id stays.
    const boxes = [await known.elementHandle(), await unknown.elementHandle()];
    const placesOf = () => Promise.all(boxes.map((box) => box.evaluate((element) => parseFloat(element.style.left))));
    const first = await placesOf();
    await expect
      .poll(async () => Math.min(...(await placesOf()).map((left, i) => Math.abs(left - first[i]!))), {
        timeout: 30_000,
      })
      .toBeGreaterThan(6);
    expect(await Promise.all(boxes.map((box) => box.evaluate((element) => element.isConnected)))).toEqual([true, true]);
    expect(await boxes[0]!.getAttribute('aria-label')).toContain('Robert Curbeam');
    expect(await boxes[1]!.getAttribute('aria-label')).toContain('Unknown');
  } finally {
    await browser.close();
  }
});

test('a person is added with a picture taken by the camera', async ({ camera: page }) => {
  await openApp(page, 'People');
  await page.getByRole('button', { name: 'Add a person' }).click();
  const form = page.getByRole('form', { name: 'Add a person' });
  await form.getByLabel('Name').fill('Somebody');
  await form.getByRole('button', { name: 'Use the camera' }).click();
  await form.getByRole('button', { name: 'Take a picture' }).click();
  await expect(form.getByText('Several faces: which is the person?')).toBeVisible();
  await form.getByRole('radio').first().check();
  await form.getByRole('button', { name: 'Save 1 face' }).click();
  await expect(people(page)).toHaveText(/Somebody\s*1 face/);
});

test('an unplugged camera is said, and Try again restarts it', async ({ camera: page }) => {
  await openApp(page);
  await page.getByRole('button', { name: 'Use the camera' }).click();
  await expect(page.getByRole('button', { name: 'Take a picture' })).toBeVisible();
  await page.evaluate(() => {
    const stream = document.querySelector('video')!.srcObject as MediaStream;
    for (const track of stream.getTracks()) track.stop();
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
  });
  await expect(page.getByText('The camera was unplugged.')).toBeVisible();
  await look(page, 'camera-unplugged');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('button', { name: 'Take a picture' })).toBeVisible();
});

test('of two cameras the chosen one is used, the other let go, and the choice kept', async ({
  launchOptions,
  baseURL,
}) => {
  const browser = await launchWithTwoCameras(launchOptions);
  try {
    const page = await browser.newPage({ baseURL: baseURL!, locale: 'en-GB', permissions: ['camera'] });
    await openApp(page);
    await page.getByRole('button', { name: 'Use the camera' }).click();
    const choice = page.getByRole('combobox', { name: 'Camera' });
    await expect(choice.getByRole('option')).toHaveCount(2);
    const [first, second] = await choice.getByRole('option').allInnerTexts();
    await expect(choice.getByRole('option', { selected: true })).toHaveText(first!);
    const stream = await page.evaluateHandle(() => document.querySelector('video')!.srcObject as MediaStream);
    await choice.selectOption({ label: second! });
    const shown = () =>
      page.evaluate(() => (document.querySelector('video')?.srcObject as MediaStream | null)?.getTracks()[0]?.label);
    await expect.poll(shown).toBe(second);
    expect(await stream.evaluate((gone) => gone.active), 'the first camera is let go').toBe(false);
    await expect(page.getByText(/frames a second, results \d+ ms old/), 'faces are searched in it').toBeVisible();

    await page.reload();
    await ready(page);
    await page.getByRole('button', { name: 'Use the camera' }).click();
    await expect.poll(shown).toBe(second);
  } finally {
    await browser.close();
  }
});

test('a frozen camera picture is reported, nobody is shown meanwhile, and it resumes by itself', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['camera']);
  const base64 = readFileSync(portrait('Daniel Barry')).toString('base64');
  await page.addInitScript((base64) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [640, 480];
    const pen = canvas.getContext('2d')!;
    const picture = new Image();
    picture.src = `data:image/jpeg;base64,${base64}`;
    let count = 0;
    setInterval(() => {
      if ('frozen' in window) return;
      pen.drawImage(picture, (count++ % 2) + 140, 20, 360, (360 * picture.height) / picture.width);
    }, 30);
    navigator.mediaDevices.getUserMedia = () => Promise.resolve(canvas.captureStream());
  }, base64);
  await openApp(page, 'People');
  await addPerson(page, 'Daniel Barry', portrait('Daniel Barry'));
  await go(page, 'Recognise');
  await page.getByRole('button', { name: 'Use the camera' }).click();
  const him = seen(page).filter({ hasText: /^\s*Daniel Barry/ });
  await expect(him).toHaveCount(1, { timeout: 60_000 });
  const boxes = page.getByRole('region', { name: 'Camera' }).getByText(/Daniel Barry/);
  await expect(boxes).not.toHaveCount(0);

  await page.evaluate(() => {
    Object.assign(window, { frozen: true });
    const stream = document.querySelector('video')!.srcObject as MediaStream;
    stream.getVideoTracks()[0]!.dispatchEvent(new Event('mute'));
  });
  const said = page.getByText('The camera gives no picture: what you see stands still.');
  await expect(said).toBeVisible();
  await page.waitForTimeout(3000);
  await expect(said).toBeVisible();
  await expect(him).toHaveCount(0);
  await expect(boxes).toHaveCount(0);
  await expect(page.getByText(/frames a second/)).toHaveCount(0);
  await look(page, 'camera-still-light');
  await page.setViewportSize({ width: 390, height: 780 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await look(page, 'camera-still-phone-dark');

  await page.evaluate(() => {
    Reflect.deleteProperty(window, 'frozen');
    const stream = document.querySelector('video')!.srcObject as MediaStream;
    stream.getVideoTracks()[0]!.dispatchEvent(new Event('unmute'));
  });
  await expect(him).toHaveCount(1, { timeout: 30_000 });
  await expect(said).toHaveCount(0);
});

test('a camera refused is said with what to do about it', async ({ context2 }) => {
  const page = await context2.newPage();
  await openApp(page);
  await page.getByRole('button', { name: 'Use the camera' }).click();
  await expect(page.getByText("The camera was refused. Allow it in the browser's address bar")).toBeVisible();
  await context2.grantPermissions(['camera']);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('button', { name: 'Take a picture' })).toBeVisible();
});

test('a device without a camera says so, and the rest of the view works on', async ({ page, context }) => {
  await context.grantPermissions(['camera']);
  await openApp(page);
  await page.getByRole('button', { name: 'Use the camera' }).click();
  await expect(page.getByText('No camera was found on this device.')).toBeVisible();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await ready(page);
  await expect(page.getByRole('button', { name: 'Choose pictures' })).toBeEnabled();
});
