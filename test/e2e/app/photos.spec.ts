import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Download, Locator, Page } from '@playwright/test';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { addPerson, expect, go, message, openApp, people, portrait, ready, sample, test } from './appTest';

const CREW = 'sts-106-crew.jpg';
const PORTRAITS = ['edward-lu', 'daniel-burbank', 'scott-altman', 'terrence-wilcutt'];

/** Portraits of four of a crew, the crew, one who is nobody of them, and a file that is no picture. */
function makeFolder(root: string): string {
  const folder = join(root, 'Holiday');
  mkdirSync(join(folder, 'portraits'), { recursive: true });
  for (const name of PORTRAITS) copyFileSync(sample(`portraits/${name}.jpg`), join(folder, 'portraits', `${name}.jpg`));
  copyFileSync(sample(CREW), join(folder, CREW));
  copyFileSync(sample('portraits/susan-helms.jpg'), join(folder, 'portraits', 'susan-helms.jpg'));
  writeFileSync(join(folder, 'broken.jpg'), 'no picture');
  writeFileSync(join(folder, 'notes.txt'), 'no picture either');
  return folder;
}

function groups(page: Page): Locator {
  return page.getByRole('list', { name: 'People in the photos' }).getByRole('listitem');
}
function found(page: Page): Locator {
  return page.getByRole('list', { name: 'Pictures found' }).getByRole('listitem');
}
async function addFolder(page: Page, folder: string): Promise<void> {
  await page.locator('input[webkitdirectory]').setInputFiles(folder);
}
async function text(download: Download): Promise<string> {
  return readFileSync(await download.path(), 'utf8');
}

test('a folder is looked through, faces are grouped, named once, found, and exported', async ({ page }, info) => {
  const folder = makeFolder(info.outputPath());
  // The chooser is the system's: it gives a folder of the browser's own instead.
  await page.addInitScript(() => {
    window.showDirectoryPicker = () => navigator.storage.getDirectory();
  });
  await openApp(page, 'Photos');
  await addFolder(page, folder);
  await expect(page.getByText('1 picture could not be read')).toBeVisible({ timeout: 90_000 });
  await expect(found(page)).toHaveCount(6, { timeout: 90_000 });
  await ready(page);
  // Four are in a portrait and in the crew's picture; nobody is there twice.
  await expect(groups(page)).toHaveCount(4);
  await page.getByText('1 picture could not be read').click();
  await expect(page.getByRole('list', { name: 'Pictures that could not be read' })).toContainText('broken.jpg');

  // Named once, known in all pictures and in the list of people; Undo takes it back.
  await groups(page).first().getByRole('button', { name: 'Name' }).click();
  await page.getByLabel('Who is this?').fill('<b>Commander</b>');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(message(page, '2 faces named <b>Commander</b>.')).toBeVisible();
  await expect(groups(page).filter({ hasText: '<b>Commander</b>' })).toHaveCount(1);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(groups(page).filter({ hasText: 'Commander' })).toHaveCount(0);
  await expect(groups(page)).toHaveCount(4);
  await groups(page).first().getByRole('button', { name: 'Name' }).click();
  await page.keyboard.press('Escape');
  await expect(groups(page).first().getByRole('button', { name: 'Name' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.getByLabel('Who is this?').fill('Commander');
  await page.keyboard.press('Enter');
  await expect(groups(page).filter({ hasText: 'Commander' }).getByRole('link')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Commander' })).toBeVisible();
  await expect(found(page)).toHaveCount(2);
  await go(page, 'People');
  await expect(people(page)).toHaveText(/Commander/);

  // By a face in another picture, and by date.
  await go(page, 'Photos');
  await page.locator('input[type=file][accept="image/*"]').setInputFiles(portrait('Susan Helms'));
  await expect(page.getByText('1 picture with the face in susan-helms.jpg').first()).toBeVisible();
  await expect(found(page)).toHaveCount(1);
  await page.getByRole('button', { name: 'Show all again' }).click();
  await page.getByLabel('Until').fill('1950-01-01');
  await expect(page.getByText('No picture fits.')).toBeVisible();
  await page.getByLabel('Until').fill('');

  const csvDownload = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Faces (CSV)' }).click();
  const csv = await text(await csvDownload);
  expect(csv.split('\r\n').filter((line) => line.includes('"Commander"'))).toHaveLength(2);
  const zipDownload = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Pictures sorted by person (zip)' }).click();
  const zip = unzipSync(new Uint8Array(readFileSync(await (await zipDownload).path())));
  expect(Object.keys(zip).filter((name) => name.startsWith('Commander/'))).toHaveLength(2);
  expect(Buffer.from(zip[`Commander/${CREW}`]!).equals(readFileSync(sample(CREW)))).toBe(true);
  await page.getByRole('button', { name: 'Pictures by person (folder)' }).click();
  await expect(message(page, 'The pictures are in people.')).toBeVisible();
  const written = await page.evaluate(async () => {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('people');
    const names: string[] = [];
    for await (const [name] of (await root.getDirectoryHandle('Commander')).entries()) names.push(name);
    return names.length;
  });
  expect(written).toBe(2);
  const npyDownload = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Embeddings (.npy with labels)' }).click();
  const npy = unzipSync(new Uint8Array(readFileSync(await (await npyDownload).path())));
  expect(Buffer.from(npy['embeddings.npy']!.subarray(1, 6)).toString()).toBe('NUMPY');
  const jsonDownload = page.waitForEvent('download');
  await page.getByRole('button', { name: 'People (JSON)' }).click();
  const { people: listed } = JSON.parse(await text(await jsonDownload)) as { people: { name: string | null }[] };
  expect(listed.filter(({ name }) => name === 'Commander')).toHaveLength(1);
});

test('a folder given again goes on where it was; a zip works too; removing forgets the pictures and keeps the people', async ({
  page,
}, info) => {
  const folder = makeFolder(info.outputPath());
  await openApp(page, 'Photos');
  await addFolder(page, folder);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Go on' })).toBeVisible();
  await page.reload();
  await ready(page);
  await expect(page.getByText('Add it again to go on: what is done is skipped.')).toBeVisible();
  await addFolder(page, folder);
  await expect(found(page)).toHaveCount(6, { timeout: 90_000 });
  await expect(page.getByRole('list', { name: 'Folders' }).getByRole('listitem')).toHaveCount(1);

  const zip = zipSync({
    'a/lu.jpg': new Uint8Array(readFileSync(portrait('Edward Lu'))),
    '__MACOSX/a/._lu.jpg': strToU8('x'),
    'readme.txt': strToU8('x'),
  });
  await page
    .locator('input[accept*=zip]')
    .setInputFiles({ name: 'more.zip', mimeType: 'application/zip', buffer: Buffer.from(zip) });
  await expect(found(page)).toHaveCount(7, { timeout: 60_000 });
  await ready(page);
  // He joins his group: the portrait, the crew, and the zip's.
  await expect(groups(page).filter({ hasText: '3 pictures' })).toHaveCount(1);

  const groupings: string[] = [];
  page.on('worker', (worker) => {
    if (worker.url().includes('side.worker')) groupings.push(worker.url());
  });
  await page.reload();
  await ready(page);
  await expect(found(page)).toHaveCount(7);
  await page.getByRole('button', { name: 'Remove Holiday' }).click();
  expect(groupings, 'nothing new was to be grouped').toEqual([]);
  await page.getByRole('button', { name: 'Remove the folder' }).click();
  await expect(found(page)).toHaveCount(1);

  // Who becomes known while the library is closed is found in it when it is opened.
  await go(page, 'People');
  await page.reload();
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await go(page, 'Photos');
  await expect(groups(page).filter({ hasText: 'Edward Lu' })).toHaveCount(1);
});

test('single pictures of one name, dropped one after the other, are all there; given again they are not doubled', async ({
  page,
}) => {
  await openApp(page, 'Photos');
  const drop = (name: string): Promise<void> =>
    page.evaluate(
      (bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], 'IMG_1.jpg', { type: 'image/jpeg', lastModified: 1 }));
        document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, dataTransfer: data }));
      },
      [...readFileSync(portrait(name))],
    );
  await drop('Edward Lu');
  await drop('Susan Helms');
  await expect(found(page)).toHaveCount(2, { timeout: 60_000 });
  await expect(found(page).filter({ hasText: 'IMG_1 (2).jpg' })).toHaveCount(1);
  await drop('Susan Helms');
  await ready(page);
  await expect(page.getByRole('list', { name: 'Folders' })).toHaveText(/Single pictures\s*2 pictures/);
});
