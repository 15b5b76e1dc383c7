import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from '@playwright/test';
import { strFromU8, unzipSync, zipSync } from 'fflate';
import type { LfwReport } from '../../../src/evaluate/lfwReport';
import { makeZip } from '../../fixtures/zip';
import { expect, go, openApp, sample, test } from './appTest';
import { look } from './look';

const PORTRAITS = readdirSync(sample('portraits')).sort();

/**
 * Two folds over the sample portraits: each with itself is one person, with its neighbour two; but the list says wrongly
 * of one pair, which no model takes for one person, that it is.
 */
function pairs(prefix = ''): string {
  const line = (a: string, b: string, same: number, fold: number) => `${prefix}${a},${prefix}${b},${same},${fold}`;
  const lines = PORTRAITS.flatMap((portrait, i) => [
    line(portrait, portrait, 1, i % 2),
    line(portrait, PORTRAITS[(i + 1) % PORTRAITS.length]!, 0, i % 2),
  ]);
  return ['a,b,same,fold', ...lines, line(PORTRAITS[0]!, PORTRAITS[3]!, 1, 0)].join('\n');
}

function chooser(page: Page, what: 'folder' | 'archive' | 'pairs') {
  const input = { folder: '[webkitdirectory]', archive: '[accept*=".zip"]', pairs: '[accept*=".csv"]' }[what];
  return page.getByRole('region', { name: 'Pictures and pairs' }).locator(`input[type=file]${input}`);
}
const measure = (page: Page) => page.getByRole('button', { name: 'Measure', exact: true });
const result = (page: Page) => page.getByRole('region', { name: 'Result', exact: true });
const textFile = (name: string, text: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });

test('a folder with its list of pairs is measured: figures, curve, the wrong pair, and the report to keep', async ({
  page,
}, testInfo) => {
  const folder = testInfo.outputPath('faces');
  mkdirSync(folder, { recursive: true });
  for (const name of PORTRAITS) cpSync(sample(`portraits/${name}`), join(folder, 'portraits', name));
  writeFileSync(join(folder, 'my-pairs.csv'), pairs('portraits/'));

  await openApp(page);
  await go(page, 'Benchmark');
  await expect(measure(page), 'there is nothing to measure yet').toBeDisabled();
  await chooser(page, 'folder').setInputFiles(folder);
  await expect(page.getByText('faces, 19 files')).toBeVisible();
  await expect(page.getByText('my-pairs.csv')).toBeVisible();
  await measure(page).click();
  await expect(result(page)).toBeVisible({ timeout: 120_000 });
  await expect(result(page)).toContainText('37 pairs in 2 folds; 18 pictures, 0 without a face');
  await expect(result(page).getByRole('list', { name: 'One person, taken for two' }).getByRole('listitem')).toHaveText(
    new RegExp(`${PORTRAITS[0]}.*${PORTRAITS[3]}`),
  );
  await expect(result(page).getByRole('img', { name: /^ROC/ })).toBeVisible();
  await look(page, 'light-benchmark-result');
  await page.setViewportSize({ width: 360, height: 740 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await look(page, 'phone-dark-benchmark-result');

  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Save the report' }).click();
  const files = unzipSync(readFileSync(await (await downloading).path()));
  expect(Object.keys(files).sort()).toEqual(
    ['embeddings.npy', 'embeddings.txt', 'errors.html', 'report.json', 'report.md', 'roc.svg'].sort(),
  );
  const report = JSON.parse(strFromU8(files['report.json']!)) as LfwReport;
  expect(report).toMatchObject({ pairs: 37, pictures: 18, noFace: 0, backend: 'wasm', adapter: null });
  // Only what the list says wrongly is decided wrongly: one of the 19 pairs of the first fold.
  expect(report.accuracy.folds).toEqual([18 / 19, 1]);

  await page.getByLabel('mirror image').uncheck();
  await page.getByRole('button', { name: 'Try it with the sample pictures' }).click();
  await expect(result(page), 'the old result goes').toHaveCount(0);
  // 18 portraits and the 33 faces of truth.json, of which three people have two: 19 + 3 pairs of one person, 33 of two.
  await expect(result(page)).toContainText('55 pairs in 2 folds; 51 pictures, 0 without a face', { timeout: 120_000 });
  await expect(page.getByText('sample-pairs.csv')).toBeVisible();
  await expect(page.getByText(/^Sample pictures: NASA/)).toBeVisible();
  const accuracy = result(page).getByText('Accuracy', { exact: true }).locator('xpath=following-sibling::dd');
  expect(Number.parseFloat(await accuracy.innerText())).toBeGreaterThanOrEqual(90); // per cent
  await look(page, 'phone-dark-benchmark-samples');
});

test('a picture that cannot be read does not end the measuring: it is named, and its pairs are left out', async ({
  page,
}) => {
  // One is cut off, and of one the archive's check sum is wrong.
  const entries = PORTRAITS.map((name, i) => {
    const data = readFileSync(sample(`portraits/${name}`));
    return { name, data: i === 2 ? data.subarray(0, 3000) : data, ...(i === 9 && { crc: 1 }) };
  });
  const zip = { name: 'faces.zip', mimeType: 'application/zip', buffer: Buffer.from(makeZip(entries)) };
  await openApp(page);
  await go(page, 'Benchmark');
  await chooser(page, 'archive').setInputFiles(zip);
  await chooser(page, 'pairs').setInputFiles(textFile('pairs.csv', pairs()));
  await measure(page).click();
  await expect(result(page)).toContainText(
    '31 pairs in 2 folds, 6 left out; 18 pictures, 0 without a face, 2 could not be read',
    { timeout: 120_000 },
  );
  const unread = result(page).getByRole('list', { name: 'Pictures that could not be read' });
  await expect(unread.getByRole('listitem')).toHaveText([
    `${PORTRAITS[2]} is cut off: part of the picture is missing.`,
    `${PORTRAITS[9]} is damaged in the archive: its check sum is wrong.`,
  ]);
});

test('an archive is measured too, and what cannot be measured is said in a sentence', async ({ page }) => {
  const pictures = Object.fromEntries(PORTRAITS.map((name) => [name, readFileSync(sample(`portraits/${name}`))]));
  const zip = Buffer.from(zipSync(pictures, { level: 0 }));
  const archive = (buffer: Buffer) => ({ name: 'faces.zip', mimeType: 'application/zip', buffer });
  const problem = page.getByRole('alert');

  await openApp(page);
  await go(page, 'Benchmark');
  await chooser(page, 'archive').setInputFiles(archive(zip.subarray(0, zip.length / 2)));
  await chooser(page, 'pairs').setInputFiles(textFile('pairs.csv', 'a,b,same\nx,y,perhaps\n'));
  await measure(page).click();
  await expect(problem).toHaveText('pairs.csv, line 2: “perhaps” is neither 1 nor 0.', { timeout: 60_000 });

  await chooser(page, 'pairs').setInputFiles(textFile('pairs.csv', pairs()));
  await measure(page).click();
  await expect(problem).toContainText('faces.zip cannot be read as an archive', { timeout: 60_000 });

  await chooser(page, 'archive').setInputFiles(archive(zip));
  await chooser(page, 'pairs').setInputFiles(textFile('pairs.csv', `${pairs()}\nnobody.jpg,${PORTRAITS[0]},1,0\n`));
  await measure(page).click();
  await expect(problem).toContainText('1 of the 19 pictures that pairs.csv names are not in faces.zip: nobody.jpg', {
    timeout: 60_000,
  });

  await page.getByRole('button', { name: 'Try it with the sample pictures' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(measure(page)).toBeEnabled();
  await expect(problem, 'cancelling is no problem').toHaveCount(0);
  await expect(result(page)).toHaveCount(0);

  await chooser(page, 'archive').setInputFiles(archive(zip));
  await chooser(page, 'pairs').setInputFiles(textFile('pairs.csv', pairs()));
  await measure(page).click();
  await go(page, 'People');
  await go(page, 'Benchmark');
  await expect(result(page), 'it continued in the other view').toBeVisible({ timeout: 120_000 });
  await expect(result(page)).toContainText(basename(PORTRAITS[0]!));
});
