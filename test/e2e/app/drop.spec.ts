import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { zipSync } from 'fflate';
import { expect, faces, go, message, openApp, picture, portrait, ready, test, type ViewName } from './appTest';

/** Lets files and folders of the disk go over the page, as a file manager does. */
async function drop(page: Page, ...files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', {
      type,
      x: 300,
      y: 300,
      data: { items: [], files: files.map((file) => resolve(file)), dragOperationsMask: 1 },
    });
  await session.detach();
}

function makeFolder(root: string): string {
  const folder = join(root, 'Two of a crew');
  mkdirSync(join(folder, 'second'), { recursive: true });
  copyFileSync(portrait('Edward Lu'), join(folder, 'edward-lu.jpg'));
  copyFileSync(portrait('Susan Helms'), join(folder, 'second', 'susan-helms.jpg'));
  writeFileSync(join(folder, 'notes.txt'), 'no picture, and nothing to talk of');
  return folder;
}

test('Recognise takes the pictures of a dropped folder and zip, and says what it does not take', async ({
  page,
}, info) => {
  const folder = makeFolder(info.outputPath());
  const zip = join(info.outputPath(), 'crew.zip');
  writeFileSync(zip, zipSync({ 'year/daniel-barry.jpg': readFileSync(portrait('Daniel Barry')) }));
  const empty = join(info.outputPath(), 'Empty');
  mkdirSync(empty);
  await openApp(page);
  await drop(page, folder, zip, empty);
  await expect(message(page, 'There is no picture in Empty that could be added.')).toBeVisible();
  await ready(page);
  for (const name of ['edward-lu.jpg', 'second/susan-helms.jpg', 'year/daniel-barry.jpg'])
    await expect(faces(page, name)).toHaveCount(1);
  await expect(page.getByRole('article')).toHaveCount(3);

  const many = join(info.outputPath(), 'Many');
  mkdirSync(many);
  for (let i = 0; i <= 100; i++) writeFileSync(join(many, `${i}.jpg`), 'a picture, by its name');
  await drop(page, many);
  await expect(
    message(page, 'Many holds 101 pictures; 100 at most are added here at a time. Drop it in Photos'),
  ).toBeVisible();
  await expect(picture(page, '0.jpg')).toHaveCount(0);
});

test('a film dropped in Recognise is opened as one', async ({ page }, info) => {
  const film = join(info.outputPath(), 'party.mp4');
  writeFileSync(film, 'no film, but by its name');
  await openApp(page);
  await drop(page, film, portrait('Edward Lu'));
  await expect(page.getByText('This browser cannot read that video.')).toBeVisible();
  await expect(faces(page, 'edward-lu.jpg')).toHaveCount(1, { timeout: 60_000 });
  await expect(page.getByRole('article')).toHaveCount(1);
});

test('a person’s form takes a folder of their pictures', async ({ page }, info) => {
  const folder = join(info.outputPath(), 'Edward Lu');
  mkdirSync(folder);
  copyFileSync(portrait('Edward Lu'), join(folder, basename(portrait('Edward Lu'))));
  await openApp(page, 'People');
  await page.getByRole('button', { name: 'Add a person' }).click();
  await drop(page, folder);
  const form = page.getByRole('form', { name: 'Add a person' });
  await expect(form.getByRole('listitem').filter({ hasText: 'edward-lu.jpg' })).toBeVisible();
  await expect(form.getByRole('button', { name: 'Save 1 face' })).toBeVisible({ timeout: 60_000 });
});

test('Train takes one dropped folder of people’s folders, and says where it is something else', async ({
  page,
}, info) => {
  const crew = join(info.outputPath(), 'Crew');
  for (const name of ['Edward Lu', 'Susan Helms']) {
    mkdirSync(join(crew, name, '2000'), { recursive: true });
    copyFileSync(portrait(name), join(crew, name, '2000', 'portrait.jpg'));
  }
  writeFileSync(join(crew, 'Edward Lu', 'raw.dng'), 'raw');
  await openApp(page, 'Train');
  await drop(page, portrait('Edward Lu'));
  await expect(page.getByText('Drop one folder that holds a folder of pictures for each person.')).toBeVisible();
  await drop(page, crew);
  await expect(page.getByText('2 people with 2 faces from the folder “Crew”.')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('raw.dng is a raw picture, which this browser cannot read.')).toBeVisible();
});

test('where nothing takes what is dropped, a sentence says where to go', async ({ page }, info) => {
  const folder = makeFolder(info.outputPath());
  await openApp(page);
  for (const [view, advice] of [
    ['People', 'Press “Add a person” first, then drop the pictures.'],
    ['Benchmark', 'Use the buttons to choose the pictures.'],
  ] as const satisfies readonly (readonly [ViewName, string])[]) {
    await go(page, view);
    await drop(page, folder);
    await expect(message(page, `Files cannot be dropped here. ${advice}`)).toBeVisible();
  }
});
