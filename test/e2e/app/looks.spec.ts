import type { Page } from '@playwright/test';
import { expect, go, openApp, people, picture, ready, test, type ViewName } from './appTest';
import { classFolders, tinyRecipe } from './classFolders';
import { look } from './look';

const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1280, height: 900, checks: 'all' },
  // As wide as the first: it differs in its colours.
  { name: 'dark', colorScheme: 'dark', width: 1280, height: 900, checks: 'contrast' },
  { name: 'phone-dark', colorScheme: 'dark', width: 360, height: 740, checks: 'all' },
] as const;

async function lookAll(page: Page, name: string): Promise<void> {
  for (const { name: variant, colorScheme, width, height, checks } of LOOKS) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    await look(page, `${variant}-${name}`, checks);
  }
}

test('every view is accessible and fits, empty: light and dark, wide and on a phone', async ({ page }) => {
  await openApp(page);
  for (const view of ['Recognise', 'People', 'Photos', 'Train', 'Benchmark', 'Settings'] satisfies ViewName[]) {
    await go(page, view);
    await lookAll(page, `${view.toLowerCase()}-empty`);
  }
});

test('every view is accessible and fits, with people: light and dark, wide and on a phone', async ({ page }) => {
  await openApp(page);
  await page.getByRole('button', { name: 'Try it with sample pictures' }).click();
  await expect(page.getByRole('article')).toHaveCount(7, { timeout: 120_000 });
  await ready(page);
  await lookAll(page, 'recognise');
  await picture(page, 'sts-106-crew.jpg').getByRole('button', { name: 'Name this face' }).first().click();
  await lookAll(page, 'recognise-naming');

  await go(page, 'People');
  await lookAll(page, 'people');
  await page.getByRole('button', { name: 'Add a person' }).click();
  await lookAll(page, 'people-adding');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await people(page).last().getByRole('link').scrollIntoViewIfNeeded();
  const kept = () => page.evaluate(() => (history.state as { scrolled: number } | null)?.scrolled);
  await expect.poll(async () => (await kept()) === (await page.evaluate(() => window.scrollY))).toBe(true);
  const before = (await kept())!;
  expect(before).toBeGreaterThan(0);
  await people(page).last().getByRole('link').click();
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(0);
  await page.goBack(); // to where the list was read
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(before);
  await people(page).first().getByRole('link').click();
  await lookAll(page, 'person');
  await go(page, 'Train');
  await page.getByText('Change the recipe').click();
  await lookAll(page, 'train-setup');
  await go(page, 'Settings');
  await lookAll(page, 'settings');
  await page.getByRole('button', { name: 'Delete everything…' }).click();
  await lookAll(page, 'settings-delete');
  await page.getByRole('button', { name: 'Keep everything' }).click();
  await page.getByRole('link', { name: 'Privacy', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Privacy, in plain words' })).toBeVisible();
  await lookAll(page, 'privacy');
});

/** Each state once: what changes is a sentence and its buttons. */
test('what keeps data safe is accessible and fits: restoring, the tab that follows, everything deleted', async ({
  page,
  context,
}) => {
  const [light, dark, phone] = LOOKS;
  const lookAs = async (
    tab: Page,
    { name: variant, colorScheme, width, height }: (typeof LOOKS)[number],
    name: string,
  ) => {
    await tab.setViewportSize({ width, height });
    await tab.emulateMedia({ colorScheme });
    await look(tab, `${variant}-${name}`);
  };
  await openApp(page, 'Settings');
  const backup = 'test/fixtures/backups/version1.facenet-backup';
  await page.locator('input[type=file][accept=".facenet-backup"]').setInputFiles(backup);
  const form = page.getByRole('form', { name: 'Restore a backup' });
  await form.getByLabel('Its passphrase').fill('not this one');
  await form.getByRole('button', { name: 'Check it' }).click();
  const panel = page.getByRole('region', { name: 'Backup' });
  await expect(panel.getByRole('alert')).toContainText('The passphrase does not open');
  await lookAs(page, phone, 'restore-refused');
  await form.getByLabel('Its passphrase').fill('written by version 1');
  await form.getByRole('button', { name: 'Check it' }).click();
  await expect(panel).toContainText('is whole: 2 people with 3 faces');
  await lookAs(page, phone, 'restore');
  await lookAs(page, light, 'restore');
  const other = await context.newPage();
  await other.goto(`${page.url().split('#')[0]}#/people`);
  await ready(other);
  await lookAs(other, phone, 'tab-follows');
  await other.close();
  await page.getByRole('button', { name: 'Delete everything…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete everything' }).click();
  await expect(page.getByRole('heading', { name: 'Everything is deleted' })).toBeVisible();
  await lookAs(page, dark, 'deleted');
});

test('the Photos view is accessible and fits: the library, and one person of it', async ({ page }) => {
  await openApp(page, 'Photos');
  await page.locator('input[webkitdirectory]').setInputFiles('public/samples');
  const groups = page.getByRole('list', { name: 'People in the photos' }).getByRole('listitem');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Pictures found' }).getByRole('listitem')).toHaveCount(25, {
    timeout: 120_000,
  });
  await ready(page);
  await groups.first().getByRole('button', { name: 'Name' }).click();
  await page.getByLabel('Who is this?').fill('William Shepherd');
  await lookAll(page, 'photos-naming');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(groups.filter({ hasText: 'William Shepherd' })).toHaveCount(1);
  await lookAll(page, 'photos');
  await groups.filter({ hasText: 'William Shepherd' }).getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1, name: 'William Shepherd' })).toBeVisible();
  await lookAll(page, 'photos-person');
});

test('the Train view is accessible and fits: training, paused, evaluated, in use', async ({ page }, info) => {
  await openApp(page, 'Train');
  const folder = await classFolders(page, info.outputPath('people'));
  await page.locator('input[type=file][data-role=trained]').setInputFiles(folder);
  await expect(page.getByText('3 people with 12 faces')).toBeVisible({ timeout: 60_000 });
  await tinyRecipe(page, 4);
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(page.getByRole('img', { name: /^Loss/ })).toBeVisible({ timeout: 120_000 });
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText(/Paused after step \d+/)).toBeVisible({ timeout: 60_000 });
  await lookAll(page, 'train-paused');
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByRole('heading', { name: 'Old against new' })).toBeVisible({ timeout: 120_000 });
  await lookAll(page, 'train-report');
  await page.getByRole('button', { name: 'Use the new model' }).click();
  await expect(page.getByRole('button', { name: /^Go back to/ }).first()).toBeVisible({ timeout: 120_000 });
  await ready(page);
  await lookAll(page, 'train-used');
  await go(page, 'Settings');
  await page.getByRole('button', { name: /^Export Trained/ }).click();
  await lookAll(page, 'settings-trained');
});
