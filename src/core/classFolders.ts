import { personKey, tidyName } from './names';

/**
 * The person of a picture in a folder of class folders, by one rule for the command line and the app: the first folder below
 * the chosen one, however deep the picture lies (`Ada/2019/1.jpg` is Ada's). Paths use `/` and start below the chosen folder.
 */

/** The first folder of the path, as it is written; null for a picture that lies loose in the chosen folder. */
export function personFolder(path: string): string | null {
  const end = path.indexOf('/');
  return end < 0 ? null : path.slice(0, end);
}

/** In a gallery a loose picture is a person named by its file, without the ending. */
export function galleryPerson(path: string): string {
  return personFolder(path) ?? path.replace(/(?<=.)\.[^.]*$/, '');
}

/** One name for all spellings of a person, by the rule of `personKey`; the first spelling is shown. */
export class PersonNames {
  /** By spelling. */
  readonly #known = new Map<string, string>();
  readonly #shown = new Map<string, string>();
  readonly #spellings = new Map<string, Set<string>>();

  /** The person's name; one of only invisible characters is not changed. */
  of(written: string): string {
    const known = this.#known.get(written);
    if (known !== undefined) return known;
    const key = personKey(written) || written;
    const shown = this.#shown.get(key) ?? (tidyName(written) || written);
    this.#known.set(written, shown);
    this.#shown.set(key, shown);
    this.#spellings.set(key, (this.#spellings.get(key) ?? new Set()).add(written));
    return shown;
  }

  /** A sentence for each person (or group of people) whose name was met in several spellings. */
  notes(what: 'person' | 'group' = 'person'): string[] {
    return [...this.#spellings].flatMap(([key, spellings]) =>
      spellings.size === 1
        ? []
        : [
            `“${this.#shown.get(key)}” is written in ${spellings.size} ways that differ only in capitals, blanks or the form of their letters: they are one ${what}.`,
          ],
    );
  }
}
