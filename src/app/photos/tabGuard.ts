/**
 * Remembers which picture is being looked at, so that one for which the browser ends the tab (a decoder that takes all the
 * memory) is left out next time, instead of ending the tab again. Local storage, because a note must be down before the
 * decoder runs, and outlive the tab. Pictures are known by the SHA-256 of their bytes.
 */
import { APP_SCOPE } from '../../core/hosting/appScope';
import { ownName } from '../../core/hosting/ownNames';
import { serial } from '../../core/serial';

const KEY = ownName('facenet-looking-at', APP_SCOPE);

/** `search`: its first time through a decoder. `copy`: it came through, and a small copy is being made of it. */
type Phase = 'search' | 'copy';
type Notes = Readonly<Record<string, Phase>>;

/** Of local storage, what is needed here; null where the browser blocks it. */
type NoteStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null;

export class TabGuard {
  readonly #own = new Map<string, Phase>();
  #suspects: ReadonlySet<string> = new Set();
  /** Whether what an ended tab left has been read: until then it is not to be written over. */
  #begun = false;
  readonly #oneByOne = serial();

  /**
   * `isVisible`: browsers end pages in the background whatever they do; what was being looked at there is no suspect.
   */
  constructor(
    private readonly storage: NoteStorage,
    private readonly isVisible: () => boolean,
  ) {}

  /** At the beginning of a pass: what an ended tab left. Of two, the one that had not yet come through a decoder. */
  begin(): void {
    this.#begun = true;
    const left = Object.entries(this.#read()).filter(([hash]) => !this.#own.has(hash));
    const unseen = left.filter(([, phase]) => phase === 'search');
    this.#suspects = new Set((unseen.length > 0 ? unseen : left).map(([hash]) => hash));
  }

  /** Null: a picture whose bytes could not be read is not known. */
  isSuspect(hash: string | null): boolean {
    return hash !== null && this.#suspects.has(hash);
  }

  /** The library knows now that it was left out. */
  forget(hash: string | null): void {
    this.#suspects = new Set([...this.#suspects].filter((other) => other !== hash));
    this.save();
  }

  /** Does `work`, which decodes the picture, under its note; one picture at a time, so that the note names the right one. */
  search<T>(hash: string | null, work: () => Promise<T>): Promise<T> {
    return this.#oneByOne(() => this.#noted(hash, 'search', work));
  }

  copy<T>(hash: string | null, work: () => Promise<T>): Promise<T> {
    return this.#noted(hash, 'copy', work);
  }

  /** Writes the notes as they should be now: after a change, and when the page goes to the background or comes back. */
  save(): void {
    if (!this.#begun && this.#own.size === 0) return;
    const notes: Record<string, Phase> = Object.fromEntries(
      [...this.#suspects].map((hash): [string, Phase] => [hash, 'search']),
    );
    if (this.isVisible()) for (const [hash, phase] of this.#own) notes[hash] = phase;
    try {
      if (Object.keys(notes).length === 0) this.storage?.removeItem(KEY);
      else this.storage?.setItem(KEY, JSON.stringify(notes));
    } catch {
      // Full or blocked: the picture is looked at without a note.
    }
  }

  async #noted<T>(hash: string | null, phase: Phase, work: () => Promise<T>): Promise<T> {
    if (hash === null) return work();
    this.#own.set(hash, phase);
    this.save();
    try {
      return await work();
    } finally {
      this.#own.delete(hash);
      this.save();
    }
  }

  #read(): Notes {
    try {
      const found: unknown = JSON.parse(this.storage?.getItem(KEY) ?? '{}');
      if (typeof found !== 'object' || found === null) return {};
      return Object.fromEntries(
        Object.entries(found).flatMap(([hash, phase]) =>
          /^[0-9a-f]{64}$/.test(hash) && (phase === 'search' || phase === 'copy') ? [[hash, phase]] : [],
        ),
      );
    } catch {
      return {};
    }
  }
}

/** The page's own guard. */
export function pageGuard(): TabGuard {
  const guard = new TabGuard(localStore(), () => document.visibilityState === 'visible');
  // Also when the tab is closed, left or loaded again.
  document.addEventListener('visibilitychange', () => guard.save());
  return guard;
}

function localStore(): NoteStorage {
  try {
    return globalThis.localStorage;
  } catch {
    return null;
  }
}
