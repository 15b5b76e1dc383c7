import { expect, test } from 'vitest';
import { fromBase64, toBase64 } from '../../../src/core/base64';

test('bytes come back, also more than fit the arguments of one call; other text is refused', () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) % 256);
  expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
  expect(fromBase64(toBase64(bytes))).toEqual(bytes);
  expect(fromBase64('')).toEqual(new Uint8Array(0));
  expect(fromBase64('a?')).toBeNull();
});
