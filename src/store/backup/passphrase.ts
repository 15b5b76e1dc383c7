/** Which passphrases a backup takes: its file can be tried offline, so those of common lists are refused. */
import { FaceError } from '../../core/errors';

export const LEAST_PASSPHRASE = 12;
const LEAST_DIFFERENT = 5;
/** 32 characters that nobody takes for each other: five bits each. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';
const GROUPS = 4;
const GROUP = 5;

/** Rows of keyboards and the like: a part of one, in either direction, is guessed first. */
const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '0123456789012345678901234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1q2w3e4r5t6y7u8i9o0p',
  '1qaz2wsx3edc4rfv5tgb6yhn',
];
/** Lists of leaked passwords begin with these, with digits and signs around them. */
const COMMON =
  /^(?:(?:my|the)?(?:admin|administrator|backup|baseball|changeme|computer|dragon|facenet|facerecognition|football|hello|iloveyou|letmein|login|master|michael|monkey|passphrase|passwd|password|passwort|princess|qwerty|qwertz|secret|shadow|sunshine|superman|trustno|welcome)(?:is)?)+$/;

export type Weakness = 'short' | 'same' | 'common';

const WORDS: Readonly<Record<Weakness, string>> = {
  short: `it needs ${LEAST_PASSPHRASE} characters at least`,
  same: 'it has too few different characters',
  common: 'it is one that everybody tries first',
};

/** Why a new backup should not have this passphrase; null where nothing is known against it. */
export function weaknessOf(passphrase: string): Weakness | null {
  const characters = Array.from(passphrase.normalize('NFC'));
  if (characters.length < LEAST_PASSPHRASE) return 'short';
  if (new Set(characters.filter((character) => character.trim() !== '')).size < LEAST_DIFFERENT) return 'same';
  const plain = characters.join('').toLowerCase();
  if (ROWS.some((row) => row.includes(plain) || row.includes(Array.from(plain).reverse().join('')))) return 'common';
  if (/^(.{1,6})\1{2,}$/u.test(plain)) return 'same';
  return COMMON.test(plain.replace(/(?<=[a-z])0(?=[a-z])/g, 'o').replace(/[^\p{L}]/gu, '')) ? 'common' : null;
}

/** The weakness as the end of a sentence. */
export const weaknessText = (weakness: Weakness): string => WORDS[weakness];

/** Throws `backup/weak-passphrase`. */
export function assertStrong(passphrase: string): void {
  const weakness = weaknessOf(passphrase);
  if (weakness) throw new FaceError('backup/weak-passphrase', { reason: weaknessText(weakness) });
}

/** A random one of 100 bits, in groups that are easy to copy by hand. */
export function makePassphrase(): string {
  const random = crypto.getRandomValues(new Uint8Array(GROUPS * GROUP));
  const characters = [...random].map((byte) => ALPHABET[byte % ALPHABET.length]!);
  return Array.from({ length: GROUPS }, (_, i) => characters.slice(i * GROUP, (i + 1) * GROUP).join('')).join('-');
}
