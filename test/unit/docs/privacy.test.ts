import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const unwrapped = (text: string) => text.replace(/\s+/g, ' ').trim();

/** The headings and paragraphs of the app's page, as text. */
function textsOfPage(svelte: string): string[] {
  const markup = svelte.replace(/<(script|style)[^]*?<\/\1>|<!--[^]*?-->/g, '');
  return [...markup.matchAll(/<(h1|h2|p)>([^]*?)<\/\1>/g)].map(([, , inner]) =>
    unwrapped(inner!.replace(/<[^>]*>/g, '')),
  );
}

/** The headings and paragraphs of the document, as text. */
function textsOfDocument(markdown: string): string[] {
  return markdown.split(/\n{2,}/).map((block) => unwrapped(block.replace(/^#+ /, '')));
}

test('docs/privacy.md says what the app’s page says, word for word', () => {
  const page = textsOfPage(readFileSync('src/app/shell/Privacy.svelte', 'utf8'));
  expect(page.length).toBeGreaterThan(10);
  expect(textsOfDocument(readFileSync('docs/privacy.md', 'utf8'))).toEqual(page);
});
