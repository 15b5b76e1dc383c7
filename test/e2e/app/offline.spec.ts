import { addPerson, choose, expect, go, people, portrait, ready } from './appTest';
import { openFirst, test } from './offlineTest';

test.use({ serviceWorkers: 'allow' });

test('from the second visit on the app works without a network, isolated, in a folder of a host without headers', async ({
  page,
  context,
  host,
}) => {
  await openFirst(page, '#/people');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await expect
    .poll(() => page.evaluate(async () => (await (await caches.open('facenet-models-kept')).keys()).length))
    .toBe(2); // the detector and the one embedder that was loaded, not all
  await expect
    .poll(() =>
      page.evaluate(async () => (await (await caches.open('facenet-assets')).keys()).map(({ url }) => url).join()),
    )
    .toContain('.wasm');

  await host.stop();
  await context.setOffline(true);
  await page.goto('#/recognise');
  await page.reload();
  await ready(page);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await choose(page, portrait('Edward Lu'));
  await expect(page.getByRole('article').getByRole('listitem')).toHaveText(/Edward Lu/, { timeout: 60_000 });
  await go(page, 'People');
  await expect(people(page)).toHaveText([/Edward Lu\s*1 face/]);
  const headings = {
    Photos: 'Photos',
    Train: 'Train',
    Benchmark: 'How accurate is it?',
    Settings: 'Settings',
  } as const;
  for (const view of ['Photos', 'Train', 'Benchmark', 'Settings'] as const) {
    await go(page, view);
    await expect(page.getByRole('heading', { level: 1, name: headings[view] }), 'without a network').toBeVisible();
  }
});

test('a whole session asks nothing of anybody after it has loaded', async ({ page, host, watch }) => {
  await openFirst(page, '#/recognise');
  await page.getByRole('button', { name: 'Try it with sample pictures' }).click(); // the app's own files
  await expect(page.getByRole('article')).toHaveCount(7, { timeout: 120_000 });
  await ready(page);
  await go(page, 'Settings');
  await page.waitForLoadState('networkidle');

  host.asked.length = 0;
  const sent: string[] = [];
  page.context().on('request', (request) => {
    if (!request.url().startsWith('blob:') && !request.serviceWorker()) sent.push(request.url());
  });
  await go(page, 'Recognise');
  await page.getByRole('button', { name: 'Remove them' }).click();
  await addPerson(page, 'Xu <img src=x onerror=alert(1)>', portrait('Edward Lu'));
  await go(page, 'Recognise');
  await choose(page, portrait('Edward Lu'));
  await expect(page.getByRole('article', { name: 'edward-lu.jpg' })).toContainText('<img src=x onerror=alert(1)>');
  await go(page, 'Settings');
  await page.getByLabel('Different people taken for the same').selectOption({ label: '1 in 100 comparisons' });
  await page.getByRole('link', { name: 'Privacy', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Privacy, in plain words' })).toBeVisible();
  await go(page, 'People');
  expect(await page.locator('img[src="x"]').count(), 'a name is text, never markup').toBe(0);
  // Chromium itself looks, some seconds after a start, whether the service worker has a newer version.
  expect(
    host.asked.filter((path) => path !== 'sw.js'),
    'at the server',
  ).toEqual([]);
  // The tab's icon is looked up again at each change of the address; the service worker answers it.
  expect(
    sent.filter((url) => !url.endsWith('/icon.svg')),
    'by the browser',
  ).toEqual([]);
  expect(watch.foreign).toEqual([]);
});

test('the app can be installed; a new version waits until the user takes it; the manifest names icons that are there', async ({
  page,
  host,
}) => {
  await openFirst(page, '#/settings');
  const note = page.getByText('A new version of the app is here.');
  await expect(note).toHaveCount(0);
  host.newVersion();
  await page.reload();
  await expect(note).toBeVisible();
  const loaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Use it now' }).click();
  await loaded;
  await ready(page);
  await expect(note).toHaveCount(0);
  const devtools = await page.context().newCDPSession(page);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  // Tests run in a private window, where Chromium installs nothing.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
  const manifest = (await (await page.request.get(`${host.url}manifest.webmanifest`)).json()) as {
    icons: { src: string }[];
  };
  for (const { src } of manifest.icons) expect((await page.request.get(host.url + src)).status(), src).toBe(200);
});

test('delete everything leaves no database, cache, service worker, file or thread behind', async ({ page }) => {
  await openFirst(page, '#/people');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await page.evaluate(async () => {
    await (await navigator.storage.getDirectory()).getFileHandle('left-over', { create: true });
    await caches.open('some-cache');
    localStorage.setItem('a', 'b');
    await new Promise(
      (done) =>
        (indexedDB.open('some-database').onsuccess = (event) =>
          done((event.target as IDBOpenDBRequest).result.close())),
    );
  });
  await go(page, 'Settings');
  await page.getByRole('button', { name: 'Delete everything…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete everything' }).click();
  await expect(page.getByRole('heading', { name: 'Everything is deleted' })).toBeVisible();
  expect(
    await page.evaluate(async () => {
      await fetch('icon.svg'); // a file that this page asks for late is not kept again
      const files: string[] = [];
      for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
      return {
        databases: await indexedDB.databases(),
        caches: await caches.keys(),
        registrations: (await navigator.serviceWorker.getRegistrations()).length,
        files,
        local: localStorage.length + sessionStorage.length,
      };
    }),
  ).toEqual({ databases: [], caches: [], registrations: 0, files: [], local: 0 });
  expect(page.workers()).toEqual([]);
  await page.getByRole('link', { name: 'Start anew' }).click();
  await ready(page);
  await go(page, 'People');
  await expect(people(page)).toHaveCount(0);
});
