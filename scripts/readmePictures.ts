/** Takes the README's pictures of the built app, with the sample pictures only; FaceNet must be in public/models. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Locator, Page } from 'playwright';
import { ensureChromium } from '../src/harness/cli/chromium';
import { launchChromium } from '../src/harness/cli/launch';
import { modelsFolder, packageRoot, siteFolder } from '../src/harness/cli/root';
import { startServer } from '../src/harness/cli/server';

const VIEWPORT = { width: 1000, height: 700 };
/** The app's own header stays at the top; with a little air below it. */
const HEADER_HEIGHT = 80;
const PATIENCE_MS = 180_000;
/** JPEG: the pictures hold photographs, and a PNG is twice as large. */
const QUALITY = 60;
const SAMPLES = join(packageRoot(), 'public', 'samples');

interface SampleFace {
  readonly name: string;
  /** Left, top, right, bottom, in pixels of the sample picture. */
  readonly box: readonly [number, number, number, number];
  /** Whether there is a portrait of this person. */
  readonly portrait: boolean;
}

/** Writes docs/pictures/<view>.jpg for each main view. */
export async function takePictures(): Promise<void> {
  const server = await startServer({ site: siteFolder(), models: modelsFolder() });
  const browser = await launchChromium(await ensureChromium(), 'wasm');
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  try {
    const page = await browser.newPage({ viewport: VIEWPORT, locale: 'en-GB', colorScheme: 'light' });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(server.url);
    await recognise(page);
    await show(page, 'People');
    await shoot(page, 'people');
    await photos(page);
    await train(page, folder);
    await benchmark(page);
    await show(page, 'Settings');
    await shoot(page, 'settings');
  } finally {
    rmSync(folder, { recursive: true });
    await browser.close();
    await server.close();
  }
}

async function recognise(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try it with sample pictures' }).click();
  await page.getByRole('list', { name: 'Pictures' }).getByText('Edward Lu').first().waitFor();
  await page.getByRole('progressbar').first().waitFor({ state: 'detached' });
  await shoot(page, 'recognise');
}

async function photos(page: Page): Promise<void> {
  await show(page, 'Photos');
  await page.locator('input[webkitdirectory]').first().setInputFiles(SAMPLES);
  await page.getByRole('list', { name: 'Pictures found' }).getByRole('listitem').nth(24).waitFor();
  await page.getByRole('button', { name: 'Pause' }).waitFor({ state: 'detached' });
  await page.getByRole('progressbar').first().waitFor({ state: 'detached' });
  await shoot(page, 'photos', page.getByPlaceholder('Search people'));
}

/** A classifier of the people with portraits; the others in the crews' pictures are strangers. */
async function train(page: Page, folder: string): Promise<void> {
  await writeCrops(page, folder);
  await show(page, 'Train');
  await page.getByRole('combobox').first().selectOption({ label: 'A folder that I choose' });
  await page.locator('input[webkitdirectory]').first().setInputFiles(join(folder, 'Crew'));
  await page.getByText('from the folder “Crew”').waitFor();
  await page.locator('input[webkitdirectory]').last().setInputFiles(join(folder, 'Strangers'));
  await page.getByText('from “Strangers”').waitFor();
  await page.getByRole('button', { name: 'Start training' }).click();
  await page.getByRole('heading', { name: 'Old against new' }).waitFor();
  await shoot(page, 'train');
}

async function benchmark(page: Page): Promise<void> {
  await show(page, 'Benchmark');
  await page.getByRole('button', { name: 'Try it with the sample pictures' }).click();
  await page.getByText('sample-pairs.csv').waitFor();
  await shoot(page, 'benchmark', page.getByRole('heading', { name: 'Result' }));
}

async function show(page: Page, view: string): Promise<void> {
  const link = page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: view });
  await link.click();
  await link.and(page.locator('[aria-current]')).waitFor();
}

/** Writes the picture of what is on the page, from `top` (default: the page's own top) down. */
async function shoot(page: Page, name: string, top?: Locator): Promise<void> {
  await page.evaluate(() => scrollTo(0, 0));
  const box = await top?.boundingBox();
  if (box) await page.evaluate((y) => scrollTo(0, y), box.y - HEADER_HEIGHT);
  await page.mouse.move(0, 0); // no hover effects
  for (const close of await page.getByRole('button', { name: 'Close the message' }).all()) await close.click();
  const path = join(packageRoot(), 'docs', 'pictures', `${name}.jpg`);
  mkdirSync(dirname(path), { recursive: true });
  await page.screenshot({ path, type: 'jpeg', quality: QUALITY, animations: 'disabled' });
}

/** Class folders below `folder`, faces cut from the samples: `Crew` has the people with portraits, `Strangers` the others. */
async function writeCrops(page: Page, folder: string): Promise<void> {
  const truth = JSON.parse(readFileSync(join(SAMPLES, 'truth.json'), 'utf8')) as Readonly<
    Record<string, { readonly faces: readonly SampleFace[] }>
  >;
  for (const [picture, { faces }] of Object.entries(truth)) {
    const crops = await cut(page, picture, faces);
    faces.forEach(({ name, portrait }, i) => {
      const own = join(folder, portrait ? 'Crew' : 'Strangers', name);
      mkdirSync(own, { recursive: true });
      writeFileSync(join(own, picture), Buffer.from(crops[i]!, 'base64'));
      if (portrait) copyFileSync(join(SAMPLES, 'portraits', `${name}.jpg`), join(own, 'portrait.jpg'));
    });
  }
}

/** Base64 JPEGs of the faces with half a box's size around each. */
async function cut(page: Page, picture: string, faces: readonly SampleFace[]): Promise<string[]> {
  return page.evaluate(
    async ({ picture, boxes }) => {
      const bitmap = await createImageBitmap(await (await fetch(`samples/${picture}`)).blob());
      return boxes.map(([left, top, right, bottom]) => {
        const [width, height] = [right - left, bottom - top];
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [width * 2, height * 2];
        canvas.getContext('2d')!.drawImage(bitmap, width / 2 - left, height / 2 - top);
        return canvas.toDataURL('image/jpeg', 0.95).split(',')[1]!;
      });
    },
    { picture, boxes: faces.map(({ box }) => box) },
  );
}
