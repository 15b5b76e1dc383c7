import { expect, test } from 'vitest';
import { oneLine, personKey, tidyName } from '../../../src/core/names';

test.each([
  ['Unicode form', 'Zo\u00eb', 'Zoe\u0308'],
  ['case', 'ADA', 'ada'],
  ['outer blanks', ' Ada ', 'Ada'],
  ['no-break space', 'Ada\u00a0Lovelace', 'Ada Lovelace'],
  ['ideographic space', 'Ada\u3000Lovelace', 'Ada Lovelace'],
  ['several blanks', 'Ada  \t Lovelace', 'Ada Lovelace'],
  ['zero-width space', 'A\u200bda', 'Ada'],
  ['zero-width joiner', 'A\u200dda', 'Ada'],
  ['byte order mark', '\ufeffAda', 'Ada'],
  ['soft hyphen', 'A\u00adda', 'Ada'],
  ['right-to-left override', '\u202eAda', 'Ada'],
  ['isolates', '\u2068Ada\u2069', 'Ada'],
  ['a mark between letter and accent', 'Zoe\u200b\u0308', 'Zo\u00eb'],
  ['sharp s', 'STRASSE', 'Straße'],
  ['final sigma', 'ΟΔΟΣ', 'οδοσ'],
  ['line break', 'Ada\r\nLovelace', 'Ada Lovelace'],
])('%s does not make another person', (_, a, b) => {
  expect(personKey(a)).toBe(personKey(b));
});

test.each([
  ['Ada', 'Ad a'],
  ['Zoë', 'Zoe'],
  ['Işıl', 'Isil'],
  ['Jo/Ann', 'Jo:Ann'],
  ['Ada', 'Ada 2'],
])('%s and %s are two people', (a, b) => {
  expect(personKey(a)).not.toBe(personKey(b));
});

test('a name is shown composed and without what is not seen; letters of every script stay', () => {
  expect(tidyName(' \u202eZoe\u0308\u200b \u00a0 M\u0007. ')).toBe('Zoë M .');
  for (const name of ['Müller-Lüdenscheidt', '李小龍', 'می\u200cخواهم', '👩\u200d🚀', 'O’Neil'])
    expect(tidyName(name)).toBe(name);
  for (const nothing of ['', '  ', '\u200b', '\u202e\u00a0', '\u0000']) expect(tidyName(nothing)).toBe('');
});

test('a name with tabs and line breaks cannot make a field or a line of its own', () => {
  expect(oneLine('Ada\tLovelace\r\nand\n\nothers')).toBe('Ada Lovelace and others');
  expect(oneLine('Zoë <b> 3')).toBe('Zoë <b> 3');
});
