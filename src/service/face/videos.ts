import { LiveFaces } from '../../pipeline/track/liveFaces';

/** A page has a camera and a file at most; a page that forgot to end its videos must not fill the memory. */
const MOST = 4;

/** The videos being followed, by the names that the page gave them. */
export class Videos {
  readonly #faces = new Map<string, LiveFaces>();

  /** Begun when it is not there; the one begun first gives way when there are too many. */
  of(name: string): LiveFaces {
    const known = this.#faces.get(name);
    if (known) return known;
    const faces = new LiveFaces();
    this.#faces.set(name, faces);
    if (this.#faces.size > MOST) this.#faces.delete(this.#faces.keys().next().value!);
    return faces;
  }

  end(name: string): boolean {
    return this.#faces.delete(name);
  }

  clear(): void {
    this.#faces.clear();
  }
}
