import { FaceError } from '../core/errors';
import { personKey, tidyName } from '../core/names';

const MAX_CHARACTERS = 100;

/** The name as it is kept (`tidyName`). Throws `store/bad-name` unless 1–100 characters are left, one of them visible. */
export function cleanName(name: string): string {
  const clean = tidyName(name);
  if (personKey(clean) === '' || [...clean].length > MAX_CHARACTERS) throw new FaceError('store/bad-name');
  return clean;
}
