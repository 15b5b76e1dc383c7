import { addPerson, choose, expect, go, message, openApp, people, portrait, ready, sample, test } from './appTest';
import { look } from './look';

test.beforeEach(async ({ page }) => {
  await openApp(page, 'People');
});

test('a person has several pictures, keeps them over a reload, and loses one, with Undo', async ({ page }) => {
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'), portrait('Edward Lu'));
  await expect(people(page)).toHaveText(/2 faces/);
  await page.reload();
  await ready(page);
  await people(page).getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1, name: 'Edward Lu' })).toBeVisible();
  const tiles = page.getByRole('list', { name: 'Faces of Edward Lu' }).getByRole('listitem');
  await expect(tiles).toHaveCount(2);
  await tiles.first().getByRole('button', { name: 'Remove: Face 1 of Edward Lu' }).click();
  await expect(tiles).toHaveCount(1);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(tiles).toHaveCount(2);
});

test('a picture without a face is left out, and of several faces the user chooses', async ({ page }) => {
  await page.getByRole('button', { name: 'Add a person' }).click();
  const form = page.getByRole('form', { name: 'Add a person' });
  await form.getByLabel('Name').fill('Thomas Jones');
  await form
    .locator('input[type=file][accept="image/*"]')
    .setInputFiles([{ name: 'grey.png', mimeType: 'image/png', buffer: await greyPng(page) }]);
  await expect(form).toContainText('No face was found in this picture, so it is left out.');
  await expect(form).toContainText('None of the pictures can be used.');
  await choose(form, sample('sts-98-spacewalkers.jpg'));
  await expect(form).toContainText('Several faces: which is the person?');
  await expect(form.getByRole('button', { name: 'Save' })).toBeDisabled();
  await form.getByRole('radio').first().check();
  await go(page, 'Photos'); // what was gathered is there again
  await page.goBack();
  await expect(form.getByLabel('Name')).toHaveValue('Thomas Jones');
  await form.getByRole('button', { name: 'Save 1 face' }).click();
  await expect(people(page)).toHaveText(/Thomas Jones\s*1 face/);
});

test('rename, merge and delete, each with Undo', async ({ page }) => {
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await addPerson(page, 'Susan Helms', portrait('Susan Helms'));
  await people(page).filter({ hasText: 'Susan Helms' }).getByRole('link').click();

  await page.getByLabel('Name', { exact: true }).fill('edward LU');
  await page.getByRole('button', { name: 'Rename' }).click();
  await expect(message(page, 'There is already a person called Edward Lu.')).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('Susan J. Helms');
  await page.getByRole('button', { name: 'Rename' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Susan J. Helms' })).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Susan Helms' })).toBeVisible();

  await page.getByLabel('The same person as').selectOption({ label: 'Edward Lu' });
  await page.getByRole('button', { name: 'Merge' }).dblclick(); // once is enough, and twice does no harm
  await expect(page.getByRole('heading', { level: 1, name: 'Edward Lu' })).toBeVisible();
  await expect(message(page, /There is no person/)).toHaveCount(0);
  await expect(page.getByRole('list', { name: 'Faces of Edward Lu' }).getByRole('listitem')).toHaveCount(2);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('list', { name: 'Faces of Edward Lu' }).getByRole('listitem')).toHaveCount(1);

  await page.getByRole('button', { name: 'Delete Edward Lu' }).click();
  await expect(people(page)).toHaveText([/Susan Helms\s*1 face/]);
  // On a phone the message lies over the list: the second click must not open a person.
  await page.setViewportSize({ width: 360, height: 500 });
  await page.getByRole('button', { name: 'Undo' }).dblclick();
  await expect(people(page)).toHaveText([/Edward Lu\s*1 face/, /Susan Helms\s*1 face/]);
  await expect(page.getByRole('heading', { level: 1, name: 'People' })).toBeVisible();
});

test('a face moves to another person, and back with Undo', async ({ page }) => {
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'), portrait('Susan Helms'));
  await addPerson(page, 'Susan Helms', portrait('Susan Helms'));
  await people(page).filter({ hasText: 'Edward Lu' }).getByRole('link').click();
  const tiles = page.getByRole('list', { name: 'Faces of Edward Lu' }).getByRole('listitem');
  await page.getByLabel('Move to another person: Face 2 of Edward Lu').selectOption({ label: 'Susan Helms' });
  await expect(tiles).toHaveCount(1);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(tiles).toHaveCount(2);
});

test('somebody who is in the list twice is pointed out and merged with one click, however long the name', async ({
  page,
}) => {
  const long = 'W'.repeat(100);
  await addPerson(page, long, portrait('Edward Lu'));
  await addPerson(page, 'Susan Helms', portrait('Susan Helms'));
  await expect(page.getByText(/look like the same person/)).toHaveCount(0);
  await addPerson(page, 'Ed', portrait('Edward Lu'));
  await expect(page.getByText(`Ed and ${long} look like the same person (distance 0.00).`)).toBeVisible();
  const merge = page.getByRole('button', { name: `Merge into ${long}` });
  await page.setViewportSize({ width: 360, height: 740 });
  await look(page, 'phone-people-long-name');
  await merge.click();
  await expect(people(page)).toHaveText([/Susan Helms\s*1 face/, /W+\s*2 faces/]);
  await expect(page.getByText(/look like the same person/)).toHaveCount(0);
});

test('a picture that looks like somebody else in the list says so before it is saved', async ({ page }) => {
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await page.getByRole('button', { name: 'Add a person' }).click();
  await choose(page.getByRole('form', { name: 'Add a person' }), portrait('Edward Lu'));
  await expect(page.getByText('This looks like Edward Lu, who is in your list.')).toBeVisible();
});

test('ways to name are compared on the people’s own faces', async ({ page }) => {
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'), portrait('Edward Lu'));
  await expect(page.getByRole('button', { name: 'Compare on your people' })).toHaveCount(0);
  await addPerson(page, 'Susan Helms', portrait('Susan Helms'), portrait('Susan Helms'));
  await page.getByRole('button', { name: 'Compare on your people' }).click();
  await expect(page.getByText(/^Of 4 faces that were hidden/)).toContainText('the nearest face named 4 rightly');
  await expect(page.getByText('nothing need change')).toBeVisible();
  await go(page, 'Photos');
  await go(page, 'People');
  await expect(page.getByText('nothing need change')).toBeVisible(); // found once, not again in every view
});

test('a person known by one tab is known in the other', async ({ page, context }) => {
  const other = await context.newPage();
  await openApp(other, 'People');
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await expect(people(other)).toHaveText(/Edward Lu/);
  await go(other, 'Recognise');
  await choose(other, portrait('Edward Lu'));
  await expect(other.getByRole('article').getByRole('listitem')).toHaveText(/Edward Lu/);
});

async function greyPng(page: import('@playwright/test').Page): Promise<Buffer> {
  const base64 = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(320, 240);
    const context = canvas.getContext('2d')!;
    context.fillStyle = '#777';
    context.fillRect(0, 0, 320, 240);
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
  });
  return Buffer.from(base64, 'base64');
}

test('a wrong face is pointed out and moved to whom it looks like with one click, and back with Undo', async ({
  page,
}) => {
  await addPerson(page, 'Susan Helms', portrait('Susan Helms'));
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'), portrait('Edward Lu'), portrait('Susan Helms'));
  await people(page).filter({ hasText: 'Edward Lu' }).getByRole('link').click();
  const tiles = page.getByRole('list', { name: 'Faces of Edward Lu' }).getByRole('listitem');
  await expect(tiles.filter({ hasText: 'Unlike the others' })).toHaveCount(1);
  await expect(tiles.filter({ hasText: 'Best' })).toHaveCount(1);
  await tiles.filter({ hasText: 'Unlike the others' }).getByRole('button', { name: 'Move to Susan Helms' }).click();
  await expect(tiles).toHaveCount(2);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(tiles).toHaveCount(3);
});

test('somebody who looks like two people is split with one click, and whole again with Undo', async ({ page }) => {
  const [edward, susan] = [portrait('Edward Lu'), portrait('Susan Helms')];
  await addPerson(page, 'Edward Lu', edward, edward, susan, susan);
  await people(page).getByRole('link').click();
  await expect(page.getByText('2 of the 4 faces look like a second person.')).toBeVisible();
  await page.getByRole('button', { name: 'Make them a person of their own' }).click();
  await expect(page.getByText(/look like a second person/)).toHaveCount(0);
  await go(page, 'People');
  await expect(people(page)).toHaveText([/Edward Lu\s*2 faces/, /Edward Lu \(2\)\s*2 faces/]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(people(page)).toHaveText([/Edward Lu\s*4 faces/]);
});

test('what the false-accept rate means for this list is said, and a stricter one is a click away', async ({ page }) => {
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await addPerson(page, 'Susan Helms', portrait('Susan Helms'));
  const words = page.getByText('With 2 people in your list, about 1 in');
  const rate = async (): Promise<number> =>
    Number(/1 in ([\d,]+)/.exec(await words.innerText())![1]!.replaceAll(',', ''));
  const before = await rate();
  await page.getByRole('button', { name: /^Stricter: 1 in/ }).click();
  await expect.poll(rate).toBeGreaterThan(9 * before);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(rate).toBe(before);
});
