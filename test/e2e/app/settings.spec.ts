import { addPerson, choose, expect, go, openApp, portrait, ready, test } from './appTest';

test('the false-accept rate changes the threshold, in words, and outlives a reload', async ({ page }) => {
  await openApp(page, 'Settings');
  const words = page.getByText(/A face is given a name up to a distance of/);
  const threshold = async (): Promise<number> => Number(/distance of ([\d.]+)/.exec(await words.innerText())![1]);
  const rate = page.getByLabel('Different people taken for the same');
  await rate.selectOption({ label: '1 in 100 comparisons' });
  await expect(words).toContainText('about 1 in 100 is wrongly taken');
  const loose = await threshold();
  await rate.selectOption({ label: '1 in 10,000 comparisons' });
  await expect(words).toContainText('about 1 in 10,000 is wrongly taken');
  expect(await threshold()).toBeLessThan(loose);
  await page.reload();
  await ready(page);
  await expect(rate).toHaveValue('0.0001');
  await expect(words).toContainText('about 1 in 10,000 is wrongly taken');
});

test('what runs is shown, and the processor can be chosen', async ({ page }) => {
  await openApp(page, 'Settings');
  await page.getByLabel('Backend').selectOption({ label: 'Processor (WASM)' });
  await ready(page);
  const panel = page.getByRole('region', { name: 'What it runs on' });
  await expect(panel.getByRole('definition').filter({ hasText: 'Processor (WASM)' })).toBeVisible();
  await expect(panel).toContainText('Threads');
});

test('a file that is no model is refused in a sentence, and the app works on', async ({ page }) => {
  await openApp(page, 'Settings');
  await page.locator('input[accept=".safetensors"]').setInputFiles({
    name: 'facenet-20180402-114759.float16.safetensors',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from('not a model at all'),
  });
  await expect(page.getByRole('region', { name: 'Model' }).getByRole('alert')).toContainText('not loaded');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await go(page, 'Recognise');
  await choose(page, portrait('Edward Lu'));
  await expect(page.getByRole('article').getByRole('listitem')).toHaveText(/Edward Lu/);
});
