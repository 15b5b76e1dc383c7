import { FACENET, needsModel } from '../cli/command';
import { addPerson, choose, expect, go, openApp, portrait, ready, test } from './appTest';

test.use({ models: 'damaged' });

test('a damaged model file is refused in a sentence, and another model can be chosen', async ({ page }) => {
  needsModel(FACENET, 'int8');
  await openApp(page, 'Settings');
  await expect(page.getByRole('main')).toContainText('is damaged or not the one expected');
  await page.getByLabel('Faces are known by').selectOption({ label: 'MobileFaceNet (embedded, 192 numbers)' });
  await ready(page);
  await addPerson(page, 'Edward Lu', portrait('Edward Lu'));
  await go(page, 'Recognise');
  await choose(page, portrait('Edward Lu'));
  await expect(page.getByRole('article').getByRole('listitem')).toHaveText(/Edward Lu/);
});
