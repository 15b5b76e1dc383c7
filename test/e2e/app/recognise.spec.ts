import { readFileSync } from 'node:fs';
import {
  addPerson,
  choose,
  expect,
  faces,
  go,
  message,
  openApp,
  people,
  picture,
  portrait,
  ready,
  sample,
  test,
} from './appTest';

test('an unknown face is named in place, known in the other pictures at once, and unknown again after Undo', async ({
  page,
}) => {
  await openApp(page);
  await choose(page, sample('sts-98-spacewalkers.jpg'), portrait('Robert Curbeam'));
  await expect(faces(page, 'sts-98-spacewalkers.jpg')).toHaveCount(2);
  const single = faces(page, 'robert-curbeam.jpg');
  await expect(single).toHaveText(/Unknown/);

  await single.getByRole('button', { name: 'Name this face' }).click();
  await page.getByLabel('Who is this?').fill('Robert Curbeam');
  await page.getByLabel('Who is this?').press('Enter');
  await expect(message(page, 'Robert Curbeam was added to your people.')).toBeVisible();
  await expect(single).toHaveText(/Robert Curbeam\s*> 99\.99 % certain, distance\s0\.00/);
  await expect(faces(page, 'sts-98-spacewalkers.jpg').filter({ hasText: /^\s*Robert Curbeam/ })).toHaveCount(1);
  await expect(faces(page, 'sts-98-spacewalkers.jpg').filter({ hasText: 'Unknown' })).toHaveCount(1);

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(single).toHaveText(/Unknown/);
  await go(page, 'People');
  await expect(people(page)).toHaveCount(0);
});

test('a face can be named from its box in the picture, with the keyboard alone', async ({ page }) => {
  await openApp(page);
  await choose(page, portrait('Edward Lu'));
  const box = picture(page, 'edward-lu.jpg').getByRole('button', { name: 'Unknown: name this face' });
  await box.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Who is this?')).toBeFocused();
  await page.keyboard.type('Edwrd Lu');
  await page.keyboard.press('Enter');
  await expect(faces(page, 'edward-lu.jpg')).toHaveText(/^\s*Edwrd Lu/);

  // A slip of the pen is mended, not added to: the face would be two people's.
  await expect(faces(page, 'edward-lu.jpg').getByRole('button', { name: 'Correct Edwrd Lu' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.type('Edward Lu');
  await page.keyboard.press('Enter');
  await expect(message(page, 'The face is no longer Edwrd Lu’s but Edward Lu’s.')).toBeVisible();
  await expect(faces(page, 'edward-lu.jpg')).toHaveText(/^\s*Edward Lu/);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(faces(page, 'edward-lu.jpg')).toHaveText(/^\s*Edwrd Lu/);
  await go(page, 'People');
  await expect(people(page)).toHaveText([/Edwrd Lu\s*1 face/]);
});

test('pictures that cannot be read say why, each in a sentence, and the others continue', async ({ page }) => {
  await openApp(page);
  await page.locator('input[type=file][accept="image/*"]').setInputFiles([
    { name: 'nothing.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(0) },
    { name: 'letter.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('Dear Sir or Madam, '.repeat(40)) },
    { name: 'half.jpg', mimeType: 'image/jpeg', buffer: readFileSync(portrait('Susan Helms')).subarray(0, 20_000) },
    { name: 'susan.jpg', mimeType: 'image/jpeg', buffer: readFileSync(portrait('Susan Helms')) },
  ]);
  await expect(picture(page, 'nothing.jpg')).toContainText('nothing.jpg is empty.');
  await expect(picture(page, 'letter.jpg')).toContainText('letter.jpg is not a picture that this browser can read.');
  await expect(picture(page, 'half.jpg')).toContainText('half.jpg is cut off: part of the picture is missing.');
  await expect(faces(page, 'susan.jpg')).toHaveCount(1);
});

test('pasted and dropped pictures are recognised like chosen ones', async ({ page }) => {
  await openApp(page);
  const bytes = [...readFileSync(portrait('Susan Helms'))];
  for (const [type, name] of [
    ['paste', 'pasted.jpg'],
    ['drop', 'dropped.jpg'],
  ] as const) {
    await page.evaluate(
      ({ type, name, bytes }) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], name, { type: 'image/jpeg' }));
        const init = { bubbles: true, cancelable: true };
        const event =
          type === 'paste'
            ? new ClipboardEvent('paste', { ...init, clipboardData: data })
            : new DragEvent('drop', { ...init, dataTransfer: data });
        document.body.dispatchEvent(event);
      },
      { type, name, bytes },
    );
    await expect(faces(page, name)).toHaveCount(1);
  }
});

test('many pictures can be stopped and resumed, and are shown from small copies', async ({ page }) => {
  await openApp(page);
  const buffer = readFileSync(sample('expedition-1-crew.jpg'));
  const many = Array.from({ length: 8 }, (_, i) => ({ name: `picture ${i + 1}.jpg`, mimeType: 'image/jpeg', buffer }));
  await page.locator('input[type=file][accept="image/*"]').setInputFiles(many);
  await expect(faces(page, 'picture 1.jpg')).not.toHaveCount(0);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();
  await expect(picture(page, 'picture 8.jpg')).toContainText('Waiting');
  await page.getByRole('button', { name: 'Resume' }).click();
  await ready(page);
  await expect(picture(page, 'picture 8.jpg').getByRole('img')).toBeVisible();
  const sides = await page
    .getByRole('article')
    .getByRole('img')
    .evaluateAll((all) => all.map((one) => (one as HTMLImageElement).naturalWidth));
  for (const side of sides) expect(side).toBeLessThanOrEqual(1280);
  await page.getByRole('button', { name: 'Clear the pictures' }).click();
  await expect(page.getByRole('article')).toHaveCount(0);
});

test('names and file names are text, never markup', async ({ page }) => {
  const evil = '<img src=x onerror="document.title=1"><b>Bob</b>';
  await openApp(page);
  await addPerson(page, evil, portrait('Edward Lu'));
  await go(page, 'Recognise');
  await page
    .locator('input[type=file][accept="image/*"]')
    .setInputFiles([{ name: `${evil}.jpg`, mimeType: 'image/jpeg', buffer: readFileSync(portrait('Edward Lu')) }]);
  await expect(page.getByRole('article').getByRole('listitem')).toContainText(evil);
  await expect(page.getByRole('heading', { level: 2, name: `${evil}.jpg` })).toBeVisible();
  expect(await page.locator('main b').count()).toBe(0);
  await expect(page).toHaveTitle('Recognise – FaceNet');
});
