import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** For inspection by eye before a release; git ignores the folder. */
const FOLDER = 'test/screenshots';

/** Words of buttons, none of them long, that lie on two lines. */
function brokenWords(): string[] {
  const broken: string[] = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, {
    acceptNode: ({ parentElement }) =>
      parentElement?.closest('.button') ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP,
  });
  for (let text = texts.nextNode(); text; text = texts.nextNode())
    for (const { 0: word, index } of (text.textContent ?? '').matchAll(/\S+/g)) {
      if (word.length > 15) continue;
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) broken.push(word);
    }
  return broken;
}

/**
 * The page as it is now: nothing sticks out to the side, no word in a button is broken, axe finds nothing wrong (`contrast`:
 * with the colours, for a page whose rest was checked in others). With `LOOKS=1` a picture of it is kept.
 */
export async function look(page: Page, name: string, checks: 'all' | 'contrast' = 'all'): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide, `${name}: nothing sticks out to the side`).toBe(0);
  expect(await page.evaluate(brokenWords), `${name}: words in buttons are whole`).toEqual([]);
  // Cards outside the window are not drawn otherwise; a sheet made by script passes the page's policy. Colours that are
  // still fading to another scheme have no contrast yet.
  await page.evaluate(async () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('article { content-visibility: visible !important }');
    document.adoptedStyleSheets = [sheet];
    await new Promise(requestAnimationFrame);
    for (const animation of document.getAnimations())
      if (animation.effect?.getComputedTiming().iterations !== Infinity) animation.finish();
  });
  if (process.env['LOOKS'] === '1')
    await page.screenshot({ path: `${FOLDER}/${name}.png`, fullPage: true, animations: 'disabled' });
  // The app has no frames: without axe's way for those, and without a list of all that is fine, it takes a third.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({
      resultTypes: ['violations'],
      ...(checks === 'contrast' && { runOnly: { type: 'rule', values: ['color-contrast'] } }),
    })
    .analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`),
    `${name}: axe`,
  ).toEqual([]);
}
