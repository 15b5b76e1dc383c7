import { FaceError } from '../core/errors';
import { personKey, tidyName } from '../core/names';

const MAX_CHARACTERS = 100;

/** Whether a tidied name can be a person's: it has 1–100 characters, one of them visible. */
export function isName(tidy: string): boolean {
  return personKey(tidy) !== '' && Array.from(tidy).length <= MAX_CHARACTERS;
}

/** The name as it is stored (`tidyName`). Throws `store/bad-name` where that is no name. */
export function cleanName(name: string): string {
  const tidy = tidyName(name);
  if (!isName(tidy)) throw new FaceError('store/bad-name');
  return tidy;
}
