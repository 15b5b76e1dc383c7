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
