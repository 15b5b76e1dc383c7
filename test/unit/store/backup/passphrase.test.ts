import { describe, expect, it } from 'vitest';
import { assertStrong, makePassphrase, weaknessOf } from '../../../../src/store/backup/passphrase';

describe('passphrases of new backups', () => {
  it.each([
    ['', 'short'],
    ['eleven char', 'short'],
    ['🦉🦉🦉', 'short'], // three characters, not twelve bytes
    ['            ', 'same'],
    ['aaaaaaaaaaaaaaaa', 'same'],
    ['abababababababab', 'same'],
    ['lovelylovelylovely', 'same'],
    ['123456789012', 'common'],
    ['abcdefghijkl', 'common'],
    ['lkjhgfdsapoi', 'common'],
    ['qwertyuiop as'.replace(' ', ''), 'common'],
    ['password1234', 'common'],
    ['Passw0rd!2024', 'common'],
    ['passwordpassword', 'common'],
    ['facenet-backup-1', 'common'],
  ])('“%s” is refused: %s', (passphrase, weakness) => {
    expect(weaknessOf(passphrase)).toBe(weakness);
    expect(() => assertStrong(passphrase)).toThrow(expect.objectContaining({ code: 'backup/weak-passphrase' }));
  });

  it.each(['eight birds on a wire', 'correct horse – Größe', 'my secret garden', 'пять синих птиц'])(
    '“%s” is taken',
    (passphrase) => {
      expect(weaknessOf(passphrase)).toBeNull();
    },
  );

  it('one that is made is strong, and never the same twice', () => {
    const made = Array.from({ length: 200 }, makePassphrase);
    expect(new Set(made).size).toBe(200);
    expect(made.filter((passphrase) => weaknessOf(passphrase) !== null)).toEqual([]);
    // Each of the 32 characters occurs: 4,000 draws miss one with a chance of 32 · (31/32)^4000 < 1e-53.
    expect(new Set(made.join('').replaceAll('-', '')).size).toBe(32);
  });
});
