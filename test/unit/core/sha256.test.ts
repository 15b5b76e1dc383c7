import { expect, test, vi } from 'vitest';
import { sha256 } from '../../../src/core/sha256';

test('gives the digests of FIPS 180-2’s examples', async () => {
  const of = (text: string) => sha256(new TextEncoder().encode(text));
  expect(await of('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(await of('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('a page opened by plain http gets advice, not an undefined error', async () => {
  vi.stubGlobal('crypto', {});
  await expect(sha256(new Uint8Array(1))).rejects.toMatchObject({ code: 'app/not-secure' });
  vi.unstubAllGlobals();
});
