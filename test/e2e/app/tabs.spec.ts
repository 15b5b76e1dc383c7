import { addPerson, expect, go, openApp, people, portrait, ready, test } from './appTest';

const NOTE = 'The app is open in another tab';

test('of two tabs one writes and the other follows, takes over, and inherits', async ({ page, context, baseURL }) => {
  await openApp(page, 'People');
  await expect(page.getByText(NOTE)).toHaveCount(0);
  const other = await context.newPage();
  await other.goto(`${baseURL}#/people`);
  await ready(other);
  await expect(other.getByText(NOTE)).toBeVisible();
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await expect(people(other)).toHaveText([/Edward Lu\s*1 face/]);

  await go(other, 'Settings');
  await other.getByLabel('Different people taken for the same').selectOption({ label: '1 in 100 comparisons' });
  await expect(other.getByText('Take over in this tab first.')).toBeVisible();

  await other.getByRole('button', { name: 'Take over here' }).click();
  await expect(other.getByText(NOTE)).toHaveCount(0);
  await expect(page.getByText(NOTE)).toBeVisible();
  await addPerson(other, 'Susan Helms', portrait('Susan Helms'));
  await expect(people(page)).toHaveCount(2);

  await other.close();
  await expect(page.getByText(NOTE), 'the tab that is left writes').toHaveCount(0);
});

test('a tab killed in the middle of a write leaves a store that opens clean, and nobody holds the lock', async ({
  page,
  context,
  baseURL,
}) => {
  await openApp(page, 'People');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  // A long write of the store's own kind: one transaction over people and faces that is under way when the tab dies.
  await page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('facenet-web');
      request.onsuccess = () => resolve(request.result);
    });
    const transaction = db.transaction(['people', 'faces'], 'readwrite');
    transaction.objectStore('people').clear();
    let n = 0;
    await new Promise<void>((begun) => {
      const more = () => {
        const row = { id: `x${n++}`, name: `x${n}`, createdAt: n, bytes: new Uint8Array(100_000) };
        transaction.objectStore('people').put(row).onsuccess = more;
        if (n === 50) begun();
      };
      more();
    });
  });
  const devtools = await context.newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  void devtools.send('Page.crash').catch(() => undefined); // its answer never comes
  await crashed;
  // Tabs of one site share a process: the next one is opened when the first is dead.
  const other = await context.newPage();
  await other.goto(`${baseURL}#/people`);
  await ready(other);
  await expect(other.getByText(NOTE), 'the lock died with its tab').toHaveCount(0);
  await expect(people(other)).toHaveText([/Edward Lu\s*1 face/]);
  await addPerson(other, 'Susan Helms', portrait('Susan Helms'));
  await expect(people(other)).toHaveCount(2);
});
