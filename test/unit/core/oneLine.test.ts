import { expect, test } from 'vitest';
import { oneLine } from '../../../src/core/oneLine';

test('a name with tabs and line breaks cannot make a field or a line of its own', () => {
  expect(oneLine('Ada\tLovelace\r\nand\n\nothers')).toBe('Ada Lovelace and others');
  expect(oneLine('Zoë <b> 3')).toBe('Zoë <b> 3');
});
