import { FaceError } from '../core/errors';

const MAX_CHARACTERS = 100;

/** The name as it is kept: composed (NFC), without outer space. Throws `store/bad-name` unless 1–100 characters are left. */
export function cleanName(name: string): string {
  const clean = name.normalize('NFC').trim();
  const characters = [...clean].length;
  if (characters < 1 || characters > MAX_CHARACTERS) throw new FaceError('store/bad-name');
  return clean;
}

/** Two names with the same key are one person's: case and outer space do not count. */
export function nameKey(name: string): string {
  return name.normalize('NFC').trim().toLowerCase();
}
