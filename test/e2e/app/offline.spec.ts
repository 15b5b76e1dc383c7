import { addPerson, choose, expect, go, people, portrait, ready } from './appTest';
import { OTHER_WORKER, openFirst, test } from './offlineTest';

test.use({ serviceWorkers: 'allow' });

test('from the second visit on the app works without a network, isolated, in a folder of a host without headers', async ({
  page,
  context,
  host,
}) => {
  await openFirst(page, '#/people');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await expect
    .poll(() =>
      page.evaluate(async () => (await (await caches.open('facenet-models-kept@/team/faces/')).keys()).length),
    )
    .toBe(3); // the detector, the one embedder that was loaded, not all, and its cohort
  await expect
    .poll(() =>
      page.evaluate(async () =>
        (await (await caches.open('facenet-assets@/team/faces/')).keys()).map(({ url }) => url).join(),
      ),
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

test('delete everything leaves nothing of this app behind, and leaves all that is of others of the host', async ({
  page,
}) => {
  await openFirst(page, '#/people');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  // Another app's, this one's in another folder, and what a version before names carried the folder has left here.
  const databases = ['some-database', 'facenet-web@/team/', 'facenet-web'];
  const cacheNames = ['some-cache', 'facenet-shell-1@/other/', 'facenet-shell-0'];
  await page.evaluate(
    async ([databases, cacheNames, worker]) => {
      await (await navigator.storage.getDirectory()).getFileHandle('of another app', { create: true });
      localStorage.setItem('another app', 'x');
      sessionStorage.setItem('another app', 'x');
      for (const name of cacheNames) await caches.open(name);
      for (const name of databases)
        await new Promise<void>((done) => {
          indexedDB.open(name).onsuccess = ({ target }) => {
            (target as IDBOpenDBRequest).result.close();
            done();
          };
        });
      await navigator.serviceWorker.register(worker);
    },
    [databases, cacheNames, OTHER_WORKER] as const,
  );
  const own = await page.evaluate(async () =>
    [...(await caches.keys())].filter((name) => name.endsWith('@/team/faces/')),
  );
  expect(own.length).toBeGreaterThan(1);
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
        databases: (await indexedDB.databases()).map(({ name }) => name).sort(),
        caches: (await caches.keys()).sort(),
        registrations: (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => new URL(scope).pathname),
        files,
        local: Object.keys(localStorage),
        session: Object.keys(sessionStorage),
      };
    }),
  ).toEqual({
    databases: ['facenet-web@/team/', 'some-database'],
    caches: ['facenet-shell-1@/other/', 'some-cache'],
    registrations: ['/other/'],
    files: ['of another app'],
    local: ['another app'],
    session: ['another app'],
  });
  expect(page.workers()).toEqual([]);
  await page.getByRole('link', { name: 'Start again' }).click();
  await ready(page);
  await go(page, 'People');
  await expect(people(page)).toHaveCount(0);
});

test('what an earlier version kept without the folder in its names is taken over, also after a first try that was ended', async ({
  page,
  host,
}) => {
  await openFirst(page, '#/people');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await page.goto(`${host.url}icon.svg`); // of the same origin, without the app
  const own = 'facenet-web@/team/faces/';
  // Back to how it was: the database under its old name, with a model's file and a training's pictures.
  await page.evaluate(async (own) => {
    const open = (name: string, version?: number, upgrade?: (db: IDBDatabase) => void) =>
      new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name, version);
        request.onupgradeneeded = () => upgrade?.(request.result);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error!);
      });
    const from = await open(own);
    const tables = [...from.objectStoreNames];
    const reading = from.transaction(tables);
    const schema = tables.map((name) => {
      const table = reading.objectStore(name);
      const indexes = [...table.indexNames].map((each) => ({ each, path: table.index(each).keyPath }));
      return { name, keyPath: table.keyPath, indexes };
    });
    const to = await open('facenet-web', from.version, (db) => {
      for (const { name, keyPath, indexes } of schema) {
        const table = db.createObjectStore(name, { keyPath });
        for (const { each, path } of indexes) table.createIndex(each, path);
      }
    });
    for (const name of tables) {
      const rows = await new Promise<unknown[]>((resolve) => {
        const request = from.transaction(name).objectStore(name).getAll();
        request.onsuccess = () => resolve(request.result as unknown[]);
      });
      const writing = to.transaction(name, 'readwrite');
      for (const row of rows) writing.objectStore(name).put(row);
      await new Promise((resolve) => (writing.oncomplete = resolve));
    }
    from.close();
    to.close();
    await new Promise((resolve) => (indexedDB.deleteDatabase(own).onsuccess = resolve));
    // A first take-over that was ended in the middle: nothing of it counts.
    (await open(own, 1, (db) => db.createObjectStore('people', { keyPath: 'id' }))).close();
    localStorage.setItem('facenet-taking-over@/team/faces/', '1');
    for (const name of ['facenet-models', 'facenet-training-pictures'])
      await (await caches.open(name)).put(`${location.origin}/x/${name}`, new Response(name));
  }, own);

  await page.goto('#/people');
  await ready(page);
  await expect(people(page)).toHaveText([/Edward Lu\s*1 face/]);
  const left = () =>
    page.evaluate(async () => ({
      databases: (await indexedDB.databases()).map(({ name }) => name),
      bare: (await caches.keys()).filter((name) => !name.includes('@')),
      models: (await (await caches.open('facenet-models@/team/faces/')).keys()).length,
      pictures: (await (await caches.open('facenet-training-pictures@/team/faces/')).keys()).length,
      marks: Object.keys(localStorage),
    }));
  await expect.poll(left).toEqual({ databases: [own], bare: [], models: 1, pictures: 1, marks: [] });

  await page.reload();
  await ready(page);
  await expect(people(page)).toHaveText([/Edward Lu/]);
});
