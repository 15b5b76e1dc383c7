import { personKey, tidyName } from './names';

/**
 * Whose a picture is in a folder of class folders. There is one rule, for galleries, embeddings, classifiers, crops and
 * training, on the command line and in the app: the person is the first folder below the chosen one, however deep the
 * picture lies (`Ada/2019/1.jpg` is Ada's). Paths use `/` and start below the chosen folder.
 */

/** The first folder of the path, as it is written; null for a picture that lies loose in the chosen folder. */
export function personFolder(path: string): string | null {
  const end = path.indexOf('/');
  return end < 0 ? null : path.slice(0, end);
}

/** In a gallery a loose picture is a person by its own name, without the ending. */
export function galleryPerson(path: string): string {
  return personFolder(path) ?? path.replace(/(?<=.)\.[^.]*$/, '');
}

/** Names as a folder writes them → one name a person, by the rule of `personKey`; the first spelling is shown. */
export class PersonNames {
  /** By spelling: a folder of thousands of pictures is looked up once. */
  readonly #known = new Map<string, string>();
  readonly #shown = new Map<string, string>();
  readonly #spellings = new Map<string, Set<string>>();

  /** The name of the person whom the folder or file names. A name of nothing but invisible characters stays as it is. */
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
