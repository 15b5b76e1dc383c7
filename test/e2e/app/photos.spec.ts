import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Download, Locator, Page } from '@playwright/test';
import { plainPng } from '../cli/plainPng';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { addPerson, expect, go, message, openApp, people, portrait, ready, sample, freshTest, test } from './appTest';
import { look } from './look';

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

test('a folder is scanned, faces are grouped, named once, found, and exported', async ({ page }, info) => {
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

test('a folder given again resumes where it was; a zip works too; removing forgets the pictures and keeps the people', async ({
  page,
}, info) => {
  const folder = makeFolder(info.outputPath());
  await openApp(page, 'Photos');
  await addFolder(page, folder);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();
  await page.reload();
  await ready(page);
  await expect(page.getByText('Add it again to resume: what is done is skipped.')).toBeVisible();
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
    if (worker.url().includes('helper.worker')) groupings.push(worker.url());
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

/** Names the first group that has no name. */
async function nameGroup(page: Page, name: string): Promise<void> {
  await groups(page).filter({ hasText: 'Unnamed' }).first().getByRole('button', { name: 'Name' }).click();
  await page.getByLabel('Who is this?').fill(name);
  await page.keyboard.press('Enter');
  await expect(groups(page).filter({ hasText: name })).toHaveCount(1);
}
async function faceRows(page: Page): Promise<string[]> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Faces (CSV)' }).click();
  return (await text(await download)).trimEnd().split('\r\n').slice(1).sort();
}

test('a second card with the same names does not replace the first; given again, touched, each is the one it was', async ({
  page,
}, info) => {
  const card = (n: number, who: string): string => {
    const folder = join(info.outputPath(), `card${n}`, 'DCIM');
    mkdirSync(join(folder, '100'), { recursive: true });
    for (const i of [1, 2]) copyFileSync(sample(`portraits/${who}.jpg`), join(folder, '100', `IMG_${i}.jpg`));
    // The second picture is another file of the same face.
    writeFileSync(
      join(folder, '100', 'IMG_2.jpg'),
      Buffer.concat([readFileSync(sample(`portraits/${who}.jpg`)), Buffer.from('end')]),
    );
    return folder;
  };
  await openApp(page, 'Photos');
  const [first, second] = [card(1, 'edward-lu'), card(2, 'susan-helms')];
  await addFolder(page, first);
  await expect(groups(page)).toHaveCount(1, { timeout: 60_000 });
  await nameGroup(page, 'Louis');
  await addFolder(page, second);
  await expect(found(page)).toHaveCount(4, { timeout: 60_000 });
  await ready(page);
  const folders = page.getByRole('list', { name: 'Folders' }).getByRole('listitem');
  await expect(folders).toHaveText([/^\s*DCIM\s+2 pictures/, /^\s*DCIM \(2\)\s+2 pictures/]);
  await expect(groups(page).filter({ hasText: 'Louis' })).toContainText('2 pictures');
  const before = await faceRows(page);
  expect(before.filter((row) => row.includes('"Louis",yes'))).toHaveLength(2);

  const later = new Date(Date.now() + 60_000);
  for (const i of [1, 2]) utimesSync(join(first, '100', `IMG_${i}.jpg`), later, later);
  await addFolder(page, first);
  await ready(page);
  await expect(folders).toHaveCount(2);
  expect(await faceRows(page)).toEqual(before);
});

test('files renamed, moved and deleted in a folder that the browser reads: each person is in as many pictures as before', async ({
  page,
}) => {
  await page.addInitScript(() => {
    window.showDirectoryPicker = async () =>
      (await navigator.storage.getDirectory()).getDirectoryHandle('Holiday', { create: true });
  });
  await openApp(page, 'Photos');
  const write = (path: string, bytes: Buffer): Promise<void> =>
    page.evaluate(
      async ([path, bytes]) => {
        let folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('Holiday', { create: true });
        const parts = path.split('/');
        for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part, { create: true });
        const file = await (await folder.getFileHandle(parts.at(-1)!, { create: true })).createWritable();
        await file.write(new Uint8Array(bytes));
        await file.close();
      },
      [path, [...bytes]] as const,
    );
  const remove = (name: string): Promise<void> =>
    page.evaluate(async (name) => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('Holiday');
      await folder.removeEntry(name);
    }, name);
  const [lu, helms] = ['Edward Lu', 'Susan Helms'].map((who) => readFileSync(portrait(who)));
  const other = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.from('end')]);
  await write('a1.jpg', lu!);
  await write('a2.jpg', other(lu!));
  await write('b1.jpg', helms!);
  await write('b2.jpg', other(helms!));
  await write('c.jpg', readFileSync(portrait('Scott Altman')));
  await page.getByRole('button', { name: 'Add a folder' }).click();
  await expect(groups(page)).toHaveCount(2, { timeout: 60_000 });
  await nameGroup(page, 'Anna');
  await nameGroup(page, 'Bert');
  await ready(page);
  const peopleOf = (rows: readonly string[]): string[] => rows.map((row) => row.split(',').slice(2).join(',')).sort();
  const before = await faceRows(page);

  await remove('a1.jpg');
  await write('a1-renamed.jpg', lu!);
  await remove('b1.jpg');
  await write('sub/b1.jpg', helms!);
  await page.getByRole('button', { name: 'Look for new pictures' }).click();
  await expect(found(page).filter({ hasText: 'a1-renamed.jpg' })).toHaveCount(1);
  await ready(page);
  await expect(found(page)).toHaveCount(5);
  const after = await faceRows(page);
  expect(peopleOf(after)).toEqual(peopleOf(before));
  expect(after.join()).toContain('"sub/b1.jpg"');
  const zipDownload = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Pictures sorted by person (zip)' }).click();
  const zip = unzipSync(new Uint8Array(readFileSync(await (await zipDownload).path())));
  expect(Object.keys(zip)).toHaveLength(4);
  await expect(message(page, 'people.zip is ready.')).toBeVisible();

  await remove('c.jpg');
  await page.getByRole('button', { name: 'Look for new pictures' }).click();
  await expect(message(page, '1 picture is no longer in Holiday and has left the list.')).toBeVisible();
  await expect(found(page)).toHaveCount(4);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(found(page)).toHaveCount(5);
});

freshTest(
  'a picture for which the browser ends the tab is left out when its folder is added again, and named',
  async ({ page, context }, info) => {
    const folder = info.outputPath('Crash');
    mkdirSync(folder, { recursive: true });
    copyFileSync(sample('portraits/edward-lu.jpg'), join(folder, 'a.jpg'));
    writeFileSync(join(folder, 'b.png'), plainPng(12_000, 9000)); // takes seconds
    copyFileSync(sample('portraits/daniel-burbank.jpg'), join(folder, 'c.jpg'));
    const hash = createHash('sha256')
      .update(readFileSync(join(folder, 'b.png')))
      .digest('hex');
    await openApp(page, 'Photos');
    await addFolder(page, folder);
    await page.waitForFunction(
      (hash) => Object.values(localStorage).some((note) => String(note).includes(`"${hash}":"search"`)),
      hash,
      { polling: 5 },
    );
    const crashed = page.waitForEvent('crash');
    const devtools = await context.newCDPSession(page);
    devtools.send('Page.crash').catch(() => {});
    await crashed;
    await page.close();

    const next = await context.newPage();
    await openApp(next, 'Photos');
    await addFolder(next, folder);
    await expect(next.getByText('1 picture could not be read')).toBeVisible({ timeout: 60_000 });
    await next.getByText('1 picture could not be read').click();
    await expect(next.getByRole('list', { name: 'Pictures that could not be read' })).toContainText(
      'b.png was being scanned when the browser closed the tab, so it was left out.',
    );
    await expect(found(next)).toHaveCount(2, { timeout: 60_000 });
    await ready(next);
    expect(await next.evaluate(() => Object.keys(localStorage).length)).toBe(0);
    await look(next, 'photos-left-out-light');
    await next.setViewportSize({ width: 390, height: 780 });
    await next.emulateMedia({ colorScheme: 'dark' });
    await look(next, 'photos-left-out-phone-dark');
  },
);
