import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { addPerson, expect, go, message, openApp, people, portrait, test } from './appTest';

const PASSPHRASE = 'eight birds on a wire';

async function save(page: Page): Promise<Buffer> {
  await go(page, 'Settings');
  const form = page.getByRole('form', { name: 'Make a backup' });
  const button = form.getByRole('button', { name: 'Save a backup' });
  await form.getByLabel('Passphrase').fill(PASSPHRASE);
  await form.getByLabel('The same once more').fill('another one');
  await expect(button).toBeDisabled();
  await form.getByLabel('The same once more').fill(PASSPHRASE);
  const download = page.waitForEvent('download');
  await button.click();
  return readFile(await (await download).path());
}

async function check(page: Page, buffer: Buffer, passphrase = PASSPHRASE): Promise<void> {
  await go(page, 'Settings');
  const file = { name: '<b>mine</b>.facenet-backup', mimeType: 'application/octet-stream', buffer };
  await page.locator('input[type=file][accept=".facenet-backup"]').setInputFiles(file);
  const form = page.getByRole('form', { name: 'Restore a backup' });
  await form.getByLabel('Its passphrase').fill(passphrase);
  await form.getByRole('button', { name: 'Check it' }).click();
}

test('a backup is saved, refused when damaged or with another passphrase, and restored: merged or replaced', async ({
  page,
}) => {
  await openApp(page, 'People');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  const backup = await save(page);
  await addPerson(page, 'Susan Helms', portrait('Susan Helms'));

  const panel = page.getByRole('region', { name: 'Backup' });
  const flipped = Buffer.from(backup);
  flipped[flipped.length >> 1]! ^= 4;
  for (const [buffer, passphrase, words] of [
    [backup, 'not this one', 'The passphrase does not open <b>mine</b>.facenet-backup'],
    [backup.subarray(0, -20), PASSPHRASE, 'is cut off or damaged at its end'],
    [flipped, PASSPHRASE, 'is cut off or damaged'],
    [Buffer.from('something else altogether'), PASSPHRASE, 'is not a backup of this app'],
  ] as const) {
    await check(page, buffer, passphrase);
    await expect(page.getByLabel('Its passphrase'), 'it does not stay in the form').toHaveValue('');
    await expect(panel.getByRole('alert')).toContainText(words);
    await expect(panel.getByRole('alert')).toContainText('Nothing was changed.');
  }
  await go(page, 'People');
  await expect(people(page)).toHaveCount(2);

  await check(page, backup);
  await expect(panel).toContainText('is whole: 1 person with 1 face');
  await go(page, 'People'); // to look who is here now, before deciding
  await go(page, 'Settings');
  await panel.getByRole('button', { name: 'Add to what is here' }).click();
  await expect(message(page, 'The backup is restored.')).toBeVisible();
  await go(page, 'People');
  await expect(people(page)).toHaveText([/Edward Lu\s*1 face/, /Susan Helms\s*1 face/]);

  await check(page, backup);
  await panel.getByRole('button', { name: 'Replace what is here' }).click();
  await panel.getByRole('button', { name: 'Replace it' }).click();
  await expect(message(page, 'The backup is restored.')).toBeVisible();
  await go(page, 'People');
  await expect(people(page)).toHaveText([/Edward Lu\s*1 face/]);
});

test('a weak passphrase is refused with its reason; one that the app makes is shown once and opens the backup', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openApp(page, 'People');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await go(page, 'Settings');
  const form = page.getByRole('form', { name: 'Make a backup' });
  const button = form.getByRole('button', { name: 'Save a backup' });
  for (const [weak, reason] of [
    ['eleven char', 'it needs 12 characters at least'],
    ['aaaaaaaaaaaaaaaa', 'it has too few different characters'],
    ['Password123456!', 'it is one that everybody tries first'],
  ] as const) {
    await form.getByLabel('Passphrase').fill(weak);
    await form.getByLabel('The same once more').fill(weak);
    await expect(form.getByText(reason)).toBeVisible();
    await expect(button).toBeDisabled();
  }
  await form.getByRole('button', { name: 'Make a passphrase for me' }).click();
  const made = await form.locator('code').innerText();
  expect(made).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
  await form.getByRole('button', { name: 'Copy' }).click();
  await expect(message(page, 'The passphrase is copied.')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(made);
  const download = page.waitForEvent('download');
  await button.click();
  const backup = await readFile(await (await download).path());
  await expect(form.getByLabel('Passphrase')).toHaveValue('');
  await expect(page.getByText(made)).toHaveCount(0);
  await check(page, backup, made);
  await expect(page.getByRole('region', { name: 'Backup' })).toContainText('is whole: 1 person with 1 face');
});
