import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { BiasOutput } from '../../../src/evaluate/bias/biasOutput';
import { groupFolders } from '../groupFolders';
import { expect, go, openApp, portrait, test } from './appTest';
import { look } from './look';

const card = (page: Page) => page.getByRole('region', { name: 'Groups of people' });
const result = (page: Page) => page.getByRole('region', { name: 'Result for the groups' });
const measure = (page: Page) => page.getByRole('button', { name: 'Measure the groups' });
const choose = (page: Page, folder: string) => card(page).locator('input[type=file]').setInputFiles(folder);

async function saved(page: Page, kind: 'CSV' | 'JSON'): Promise<{ readonly name: string; readonly text: string }> {
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: `Save as ${kind}` }).click();
  const download = await downloading;
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
}

test('groups of people are measured in tables, as the command does; what was left out is named, and CSV and JSON are kept', async ({
  page,
}, info) => {
  await openApp(page, 'Benchmark');
  await expect(measure(page), 'there is nothing to measure yet').toBeDisabled();
  await choose(page, groupFolders('public/samples', info.outputPath('')));
  await expect(card(page)).toContainText('groups, 13 pictures in 2 groups');
  await expect(card(page)).toContainText('1 picture in no group’s folder: left out.');
  await card(page).getByLabel('People enrolled').fill('20');
  await measure(page).click();
  await expect(card(page).getByRole('progressbar', { name: 'Embedding the faces…' })).toBeVisible({ timeout: 60_000 });
  await expect(card(page)).toContainText(/\d+ of 13 pictures/);
  await go(page, 'People');
  await go(page, 'Benchmark');
  await expect(result(page), 'it continued in the other view').toBeVisible({ timeout: 60_000 });

  await expect(card(page).getByRole('list', { name: 'Left out: 2 pictures' }).getByRole('listitem')).toHaveText([
    'shuttle/broken.jpg is not a picture that this browser can read.',
    'No face was found in shuttle/empty.png.',
  ]);
  await expect(result(page).getByRole('list', { name: 'People who are there twice' }).getByRole('listitem')).toHaveText(
    ['shuttle/zz-again.jpg shows the person of expedition/edward-lu.jpg: left out.'],
  );
  const rows = (title: string) => result(page).getByRole('table', { name: title }).getByRole('row');
  await expect(rows('False accepts within groups')).toHaveText([
    /Group\s*People\s*Pairs\s*Before\s*After/,
    /expedition\s*5\s*10\s*\d+ % \(.+\)\s*0 % \(0–28\)/,
    /shuttle\s*5\s*10\s*\d+ % \(.+\)\s*0 % \(0–28\)/,
  ]);
  await expect(rows('False accepts between groups').nth(1)).toHaveText(/all groups\s*25\s*\d.*0 % \(0–13\)/);
  await expect(rows('Strangers taken for somebody').nth(1)).toHaveText(/expedition\s*2\s*0\.2 %/);
  await expect(result(page)).toContainText('Promised: 1 in 1,000 pairs of strangers (0.1 %); before: plain distance');
  await expect(result(page)).toContainText('No group has enough people to show a rate of 1 in 1,000');

  const { name, text } = await saved(page, 'JSON');
  const output = JSON.parse(text) as BiasOutput;
  expect(name).toBe(`bias-${output.model}.json`);
  expect(output).toMatchObject({ far: 1e-3, evened: true, gallery: 20, loose: ['loose.jpg'] });
  expect(output.groups.map(({ group, people, pairs }) => [group, people, pairs])).toEqual([
    ['expedition', 5, 10],
    ['shuttle', 5, 10],
  ]);
  expect(output.failed.map(({ picture }) => picture)).toEqual(['shuttle/broken.jpg', 'shuttle/empty.png']);
  const csv = await saved(page, 'CSV');
  expect(csv.name).toBe(`bias-${output.model}.csv`);
  expect(csv.text.split('\r\n').map((line) => line.split(',').slice(0, 3).join())).toEqual([
    'measure,group,other_group',
    '"within","expedition",""',
    '"strangers","expedition",""',
    '"within","shuttle",""',
    '"strangers","shuttle",""',
    '"between","all groups","all groups"',
    '"between","expedition","shuttle"',
    '',
  ]);

  await look(page, 'light-bias');
  await page.setViewportSize({ width: 360, height: 740 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await look(page, 'phone-dark-bias');
});

test('groups that cannot be compared are said in a sentence, and a measurement is cancelled', async ({
  page,
}, info) => {
  const folder = (name: string) => {
    mkdirSync(info.outputPath(name, 'only'), { recursive: true });
    return info.outputPath(name);
  };
  await openApp(page, 'Benchmark');
  const problem = page.getByRole('alert');
  const flat = folder('flat');
  copyFileSync(portrait('Edward Lu'), join(flat, 'a.jpg'));
  await choose(page, flat);
  await expect(problem).toContainText('flat has no folder of pictures for each group.');
  await expect(measure(page)).toBeDisabled();

  const single = folder('single');
  copyFileSync(portrait('Edward Lu'), join(single, 'only', 'a.jpg'));
  writeFileSync(join(single, 'only', 'b.jpg'), 'no picture');
  await choose(page, single);
  await expect(problem, 'it was about the other folder').toHaveCount(0);
  await expect(card(page)).toContainText('There is only one group, so groups cannot be compared.');
  await measure(page).click();
  await expect(problem).toContainText('two people are needed, and there is 1 person', { timeout: 60_000 });
  await expect(card(page).getByRole('list', { name: 'Left out: 1 picture' })).toContainText('only/b.jpg');
  await look(page, 'light-bias-too-few');

  await choose(page, groupFolders('public/samples', info.outputPath('')));
  await measure(page).click();
  await expect(card(page).getByRole('progressbar', { name: 'Embedding the faces…' })).toBeVisible({ timeout: 60_000 });
  await card(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(measure(page)).toBeEnabled();
  await expect(problem, 'cancelling is no problem').toHaveCount(0);
  await expect(result(page)).toHaveCount(0);
});
