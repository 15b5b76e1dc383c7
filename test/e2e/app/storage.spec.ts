import { mkdir, writeFile } from 'node:fs/promises';
import { chromium } from '@playwright/test';
import { SAMPLE_PORTRAITS } from '../../../src/app/shell/sampleFiles';
import { addPerson, choose, expect, go, message, openApp, people, portrait, ready, freshTest, test } from './appTest';

freshTest('no room left: a sentence, nothing half saved, and what was stored stays', async ({ page, baseURL }) => {
  const devtools = await page.context().newCDPSession(page);
  const origin = new URL(baseURL!).origin;
  // Room for a face or two. Chromium looks again only when more is wanted than it last saw free.
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 400_000 });
  await openApp(page, 'People');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));

  await page.getByRole('button', { name: 'Add a person' }).click();
  const form = page.getByRole('form', { name: 'Add a person' });
  await form.getByLabel('Name').fill('A whole crew');
  await choose(form, ...SAMPLE_PORTRAITS.map(portrait));
  await form.getByRole('button', { name: 'Save 18 faces' }).click({ timeout: 60_000 });
  await expect(message(page, 'The browser has no room left: nothing was saved.')).toBeVisible();
  await expect(form, 'what was gathered is still there').toContainText('susan-helms.jpg');

  await devtools.send('Storage.overrideQuotaForOrigin', { origin });
  await page.reload();
  await ready(page);
  await expect(people(page)).toHaveText([/Edward Lu\s*1 face/]);
  await addPerson(page, 'Susan Helms', portrait('Susan Helms'));
  await expect(people(page)).toHaveCount(2);
});

test('little room left is said before work is lost', async ({ page }) => {
  // Chromium tells no page its real quota, not even one that a test sets: what another browser would tell.
  await page.addInitScript(() => {
    navigator.storage.estimate = () => Promise.resolve({ usage: 90e6, quota: 95e6 });
  });
  await openApp(page, 'People');
  await expect(page.getByText('The browser has only 5 MB left for this app')).toBeVisible();
});

test('storage denied: the app says so and works in memory until it is closed', async ({
  baseURL,
  launchOptions,
}, testInfo) => {
  // Chromium's own setting “block sites from saving data on this device”.
  const profile = testInfo.outputPath('profile');
  await mkdir(`${profile}/Default`, { recursive: true });
  const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
  await writeFile(`${profile}/Default/Preferences`, JSON.stringify(settings));
  const context = await chromium.launchPersistentContext(profile, { ...launchOptions, baseURL: baseURL! });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    await openApp(page, 'People');
    await expect(page.getByText('The browser does not let this page keep data')).toBeVisible();
    await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
    await go(page, 'Recognise');
    await choose(page, portrait('Edward Lu'));
    await expect(page.getByRole('article').getByRole('listitem')).toHaveText(/Edward Lu/);
    await page.reload();
    await ready(page);
    await go(page, 'People');
    await expect(people(page)).toHaveCount(0);
  } finally {
    await context.close();
  }
});

test('delete everything asks first, then leaves nothing on the device', async ({ page }) => {
  await openApp(page, 'People');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await go(page, 'Settings');
  await page.getByRole('button', { name: 'Delete everything…' }).click();
  await page.getByRole('button', { name: 'Keep everything' }).click();
  await go(page, 'People');
  await expect(people(page)).toHaveCount(1);
  await go(page, 'Settings');
  await page.getByRole('button', { name: 'Delete everything…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete everything' }).click();
  await expect(page.getByRole('heading', { name: 'Everything is deleted' })).toBeVisible();
  await page.getByRole('link', { name: 'Start again' }).click();
  await ready(page);
  await expect(page.getByRole('button', { name: 'Try it with sample pictures' })).toBeVisible();
  await go(page, 'People');
  await expect(people(page)).toHaveCount(0);
});
