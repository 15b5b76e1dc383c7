/** Names of files and folders that every file system accepts, and that stay different on all of them. */
import { personKey } from '../../core/names';
import { numbered } from './sources';

/** Longest name, in bytes of UTF-8: 255 nearly everywhere, less room for a number. */
const LONGEST_NAME = 240;
/** Reserved by Windows, with any extension and also before trailing blanks. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])\s*(\.|$)/i;
/** Extensions that Windows runs or hides: browsers refuse to write them. */
const REFUSED = /\.(?=(lnk|local|scf|url|website|ini|\{[\da-f-]{36}\})$)/i;
/** Not allowed on Windows, invisible, or changing the direction of text. */
const UNSAFE = /[<>:"/\\|?*]|\p{Cc}|\p{Cs}|\p{Bidi_Control}|[\u2028\u2029\u200b\u2060\ufeff]/gu;

/** A name that every file system accepts, with its extension. */
export function safeName(title: string): string {
  const safe = trimEnd(title.normalize('NFC').replace(UNSAFE, '_')).trim().replace(REFUSED, '_');
  if (safe === '' || DEVICE.test(safe)) return `_${safe}`;
  const [ending = ''] = /\.[^.]{1,8}$/.exec(safe) ?? [];
  const stem = Array.from(safe.slice(0, safe.length - ending.length));
  while (bytesIn(stem.join('') + ending) > LONGEST_NAME) stem.pop();
  return trimEnd(stem.join('')) + ending;
}

function trimEnd(text: string): string {
  return text.replace(/[. ]+$/, '');
}
function bytesIn(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Hands out each safe name once; case and Unicode form make no difference, as on Windows and macOS. */
export class NamePool {
  readonly #taken = new Set<string>();

  constructor(taken: Iterable<string> = []) {
    for (const name of taken) this.#taken.add(personKey(name));
  }

  /** A safe folder name, numbered at its end if already used. */
  folder(title: string): string {
    return this.#take(safeName(title), (name, n) => (n === 1 ? name : `${name} (${n})`));
  }

  /** A safe file name, numbered before its extension. */
  file(name: string): string {
    return this.#take(safeName(name), numbered);
  }

  #take(name: string, nth: (name: string, n: number) => string): string {
    let n = 1;
    while (this.#taken.has(personKey(nth(name, n)))) n++;
    this.#taken.add(personKey(nth(name, n)));
    return nth(name, n);
  }
}
