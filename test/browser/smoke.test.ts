import { expect, test } from 'vitest';

test('the test page is cross-origin isolated', () => {
  expect(globalThis.crossOriginIsolated).toBe(true);
});
