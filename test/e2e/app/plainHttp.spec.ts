import { networkInterfaces } from 'node:os';
import { expect, freshTest as base } from './appTest';
import { startHost, type PlainHost } from './offlineTest';

/** An address of this machine that is not the loopback's: pages from there are not secure ones. */
const address = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

const test = base.extend<{ host: PlainHost }>({
  host: async ({}, use) => {
    const host = await startHost(address);
    await use(host);
    await host.stop();
  },
  baseURL: async ({ host }, use) => use(host.url),
});

const SENTENCE =
  'The browser gives a page opened by plain http no camera, no storage and no cryptography: open this one by https, or at http://localhost.';

test('opened by plain http from another machine, every view says in one sentence what to do', async ({ page }) => {
  test.skip(!address, 'this machine has no address but the loopback’s');
  await page.goto('#/recognise');
  for (const view of ['Recognise', 'People', 'Photos', 'Train', 'Benchmark', 'Settings']) {
    await page.getByRole('navigation').getByRole('link', { name: view }).click();
    const alert = page.getByRole('alert');
    await expect(alert.getByRole('heading', { level: 1 })).toHaveText('Open the app by https or on localhost');
    await expect(alert).toContainText(SENTENCE);
    await expect(alert).toContainText('npx facenet-web serve');
    await expect(page.getByText(/undefined|not a function|Something went wrong|No camera/)).toHaveCount(0);
  }
  expect(await page.evaluate(() => isSecureContext)).toBe(false);
});

test('what needs nothing of the browser is still there: the privacy page', async ({ page }) => {
  test.skip(!address, 'this machine has no address but the loopback’s');
  await page.goto('#/recognise');
  await page.getByRole('link', { name: 'Privacy' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Privacy, in plain words' })).toBeVisible();
});
