/** Names of folders and files that every file system takes, and that are one nowhere when they are two here. */
import { personKey } from '../../core/names';
import { numbered } from './sources';

/** Bytes of UTF-8 that a name may have: 255 nearly everywhere, less what a number at its end adds. */
const LONGEST_NAME = 240;
/** What Windows keeps for itself, with any ending, also after blanks. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])\s*(\.|$)/i;
/** Endings by which Windows runs or hides what bears them: browsers refuse to write such names. */
const REFUSED = /\.(?=(lnk|local|scf|url|website|ini|\{[\da-f-]{36}\})$)/i;
/** Not allowed on Windows, unseen, or turning the text round. */
const UNSAFE = /[<>:"/\\|?*]|\p{Cc}|\p{Cs}|\p{Bidi_Control}|[\u2028\u2029\u200b\u2060\ufeff]/gu;

/** A name that every file system takes, with the ending that it has. */
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

/** Hands out safe names, each once: case and Unicode form do not make two, as on Windows and macOS. */
export class NamePool {
  readonly #taken = new Set<string>();

  constructor(taken: Iterable<string> = []) {
    for (const name of taken) this.#taken.add(personKey(name));
  }

  /** The safe name for a folder, numbered at its end where it has gone already. */
  folder(title: string): string {
    return this.#take(safeName(title), (name, n) => (n === 1 ? name : `${name} (${n})`));
  }

  /** The safe name for a file, numbered before its ending. */
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
