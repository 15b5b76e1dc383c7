import { readFileSync } from 'node:fs';
import { addPerson, expect, go, openApp, people, picture, portrait, ready, sample, test } from './appTest';
import type { Page } from '@playwright/test';

test.use({ models: 'all' });

interface TruthFace {
  readonly name: string;
  readonly box: readonly [number, number, number, number];
  readonly portrait: boolean;
}
type Truth = Readonly<Record<string, { width: number; height: number; faces: TruthFace[] }>>;
const truth = JSON.parse(readFileSync(sample('truth.json'), 'utf8')) as Truth;

interface ShownBox {
  readonly text: string;
  /** Centre, as shares of the picture's sides. */
  readonly x: number;
  readonly y: number;
}

async function shownBoxes(page: Page, file: string): Promise<ShownBox[]> {
  return picture(page, file)
    .getByRole('button', { name: /: name this face$/ })
    .evaluateAll((boxes) =>
      boxes.map((box) => {
        const { left, top, width, height } = (box as HTMLElement).style;
        return {
          text: box.getAttribute('aria-label')!.split(':')[0]!.toLowerCase().replaceAll(' ', '-'),
          x: (parseFloat(left) + parseFloat(width) / 2) / 100,
          y: (parseFloat(top) + parseFloat(height) / 2) / 100,
        };
      }),
    );
}

/** Every labelled face has its person's name, or “Unknown” where there is no portrait; nobody else has a name. */
async function expectTruth(page: Page): Promise<void> {
  let named = 0;
  let unknown = 0;
  for (const [file, { width, height, faces }] of Object.entries(truth)) {
    const boxes = await shownBoxes(page, file);
    const right = new Set<ShownBox>();
    for (const { name, box, portrait } of faces) {
      const shown = boxes.find(
        ({ x, y }) => x * width > box[0] && x * width < box[2] && y * height > box[1] && y * height < box[3],
      );
      expect(shown, `${file}: ${name} is found`).toBeDefined();
      expect(shown!.text, `${file}: ${name}`).toBe(portrait ? name : 'unknown');
      right.add(shown!);
      if (portrait) named++;
      else unknown++;
    }
    for (const box of boxes) if (!right.has(box)) expect(box.text, `${file}: something else`).toBe('unknown');
  }
  expect({ named, unknown }).toEqual({ named: 19, unknown: 14 });
}

test('sample pictures: all 19 faces with a portrait are named, the other 14 are unknown, with every model here', async ({
  page,
}) => {
  await openApp(page);
  await page.getByRole('button', { name: 'Try it with sample pictures' }).click();
  await expect(page.getByRole('article')).toHaveCount(7, { timeout: 120_000 });
  await ready(page);
  await expectTruth(page);
  await expect(page.getByText('Sample pictures: NASA')).toBeVisible();

  await go(page, 'Settings');
  const choice = page.getByLabel('Faces are known by');
  const models = await choice
    .locator('option')
    .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
  expect(models.length, 'the best one, and at least the built-in one').toBeGreaterThanOrEqual(2);
  if (process.env['EXPECT_SHARED'] === '1') expect(models.length, 'FaceNet is here too').toBe(3);
  for (const model of models.slice(1)) {
    await choice.selectOption(model);
    await ready(page);
    await go(page, 'Recognise');
    await ready(page);
    await expectTruth(page);
    await go(page, 'Settings');
  }
});

test('sample people: one click removes them and their pictures, and leaves everybody else', async ({ page }) => {
  await openApp(page);
  await page.getByRole('button', { name: 'Try it with sample pictures' }).click();
  await expect(page.getByRole('article')).toHaveCount(7, { timeout: 120_000 });
  await ready(page);

  await addPerson(page, 'A Friend', portrait('Susan Helms'));
  await expect(people(page)).toHaveCount(19);

  await page.getByRole('button', { name: 'Remove them' }).click();
  await expect(people(page)).toHaveCount(1);
  await expect(people(page)).toContainText('A Friend');
  await expect(page.getByText('Sample people are in your list')).toHaveCount(0);
  await go(page, 'Recognise');
  await expect(page.getByRole('article')).toHaveCount(0);
});
