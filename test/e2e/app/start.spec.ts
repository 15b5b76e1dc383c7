import { expect, go, openApp, test, type ViewName } from './appTest';

test('the first paint waits for no model', async ({ page }) => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/models/**', async (route) => {
    await released;
    await route.continue();
  });
  await page.goto('#/recognise');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Choose pictures' })).toBeEnabled();
  const painted = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint').length);
  expect(painted).toBe(1);
  await expect(page.getByRole('progressbar')).toBeVisible();
  release();
  await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 120_000 });
});

test('each view has its address and its link in the one navigation landmark', async ({ page }) => {
  await openApp(page);
  await expect(page.getByRole('navigation')).toHaveCount(1);
  const headings: Record<ViewName, string> = {
    People: 'People',
    Photos: 'Photos',
    Benchmark: 'How accurate is it?',
    Train: 'Train',
    Settings: 'Settings',
    Recognise: 'Who is in the picture?',
  };
  for (const [view, heading] of Object.entries(headings) as [ViewName, string][]) {
    await go(page, view);
    await expect(page).toHaveURL(new RegExp(`#/${view.toLowerCase()}$`));
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
    await expect(page).toHaveTitle(`${view} – FaceNet`);
  }
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
});

test('the footer leads to the licences of what the app contains', async ({ page, context }) => {
  await openApp(page);
  const opened = context.waitForEvent('page');
  await page.getByRole('link', { name: 'Licences' }).click();
  const text = (await opened).locator('body');
  for (const words of ['svelte 5', '@litertjs/core 2', 'Permission is hereby granted', 'Weights of MTCNN (MIT)'])
    await expect(text).toContainText(words);
});

test('the page is isolated, so that the networks may use threads', async ({ page }) => {
  await openApp(page);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});
