import { CHROMIUM_ARGS } from '../../../scripts/chromiumFlags';
import { findChromium } from '../../../src/harness/cli/chromium';
import { addPerson, expect, go, openApp, people, portrait, ready, freshTest as test } from './appTest';

const executablePath = findChromium();
// Playwright switches the back-forward cache off, in which browsers keep a page that was left, with all that it holds.
test.use({
  launchOptions: {
    args: CHROMIUM_ARGS,
    ...(executablePath ? { executablePath } : {}),
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  },
});

test('Back after “Delete everything” brings nobody back', async ({ page }) => {
  // The cache works here: another page comes out of it as it was.
  await page.goto('third-party-licences.txt');
  await page.evaluate(() =>
    window.addEventListener(
      'pageshow',
      ({ persisted }) => (document.title = persisted ? 'out of the cache' : 'loaded again'),
    ),
  );
  await page.goto('icon.svg');
  await page.goBack({ waitUntil: 'commit' });
  await expect.poll(() => page.title()).toBe('out of the cache');

  await openApp(page, 'People');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await go(page, 'Recognise');
  await go(page, 'People');
  await expect(people(page)).toHaveText([/Edward Lu/]);
  await go(page, 'Settings');
  await page.getByRole('button', { name: 'Delete everything…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete everything' }).click();
  await expect(page.getByRole('heading', { name: 'Everything is deleted' })).toBeVisible();
  await page.goBack({ waitUntil: 'commit' });
  await expect(page.getByRole('navigation')).toBeVisible();
  await ready(page);
  await go(page, 'People');
  await expect(people(page)).toHaveCount(0);
  await expect(page.getByText('Edward Lu')).toHaveCount(0);
});
