import { choose, expect, message, openApp, portrait, test } from './appTest';
import { look } from './look';

test('what nobody foresaw can be reported: the details are shown, copied, and sent nowhere', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openApp(page, 'People');
  await page.evaluate(() => {
    crypto.randomUUID = () => {
      throw new TypeError('the kettle is empty');
    };
  });
  await page.getByRole('button', { name: 'Add a person' }).click();
  const form = page.getByRole('form', { name: 'Add a person' });
  await form.getByLabel('Name').fill('Ada Lovelace');
  await choose(form, portrait('Edward Lu'));
  await form.getByRole('button', { name: 'Save 1 face' }).click({ timeout: 60_000 });
  await expect(message(page, 'Something went wrong inside the app: the kettle is empty')).toBeVisible();
  await page.getByRole('log', { name: 'Messages' }).getByRole('button', { name: 'Report…' }).click();

  const dialog = page.getByRole('dialog', { name: 'Report a problem' });
  await expect(dialog).toContainText('Nothing is sent by itself.');
  const details = dialog.getByLabel('Details');
  await expect(details).toHaveValue(/Message: .*the kettle is empty\nApp: facenet-web \d+\.\d+\.\d+, view people\n/);
  await expect(details).toHaveValue(/Browser: .*Chrome.*\nEngine: .* on (wasm|webgpu).*\nWhere: TypeError/);
  await expect(details).not.toHaveValue(/Ada|edward-lu|127\.0\.0\.1/);
  await look(page, 'report');
  await dialog.getByRole('button', { name: 'Copy details' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(message(page, 'The details are copied. Nothing was sent.')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('the kettle is empty');
});

test('what fails outside of any action is said too, and what was foreseen offers no report', async ({
  page,
  watch,
}) => {
  await openApp(page);
  await page.evaluate(() => void Promise.reject(new TypeError('the kettle is empty')));
  await expect(message(page, 'Something went wrong inside the app: the kettle is empty')).toBeVisible();
  expect(watch.errors.splice(0)).toEqual(['the kettle is empty']);

  await page.getByRole('button', { name: 'Close the message' }).click();
  await page.route('**/samples/portraits/*', (route) => route.abort());
  await page.getByRole('button', { name: 'Try it with sample pictures' }).click();
  await expect(message(page, /The sample picture .* could not be loaded: offline/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Report…' })).toHaveCount(0);
});
