/**
 * Remembers which picture is being decoded, so that one that makes the browser end the tab (out of memory) is skipped
 * the next time. In local storage, because the note must be written before decoding and must outlive the tab. Pictures
 * are known by the SHA-256 of their bytes.
 */
import { APP_SCOPE } from '../../core/hosting/appScope';
import { ownName } from '../../core/hosting/ownNames';
import { serial } from '../../core/serial';

const KEY = ownName('facenet-looking-at', APP_SCOPE);

/** `search`: first decoding. `copy`: it was decoded, and a small copy is being made. */
type Phase = 'search' | 'copy';
type Notes = Readonly<Record<string, Phase>>;

/** The needed part of local storage; null where it is blocked. */
type NoteStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null;

export class TabGuard {
  readonly #own = new Map<string, Phase>();
  #suspects: ReadonlySet<string> = new Set();
  /** Whether the notes of an ended tab have been read: before that they must not be overwritten. */
  #begun = false;
  readonly #oneByOne = serial();

  /** `isVisible`: browsers end background pages for any reason, so those leave no suspect. */
  constructor(
    private readonly storage: NoteStorage,
    private readonly isVisible: () => boolean,
  ) {}

  /** At the start of a pass: reads what an ended tab left. Of two, the one not yet decoded is suspected. */
  begin(): void {
    this.#begun = true;
    const left = Object.entries(this.#read()).filter(([hash]) => !this.#own.has(hash));
    const unseen = left.filter(([, phase]) => phase === 'search');
    this.#suspects = new Set((unseen.length > 0 ? unseen : left).map(([hash]) => hash));
  }

  /** Null: the picture's bytes could not be read. */
  isSuspect(hash: string | null): boolean {
    return hash !== null && this.#suspects.has(hash);
  }

  /** To be called once the library has recorded that the picture was skipped. */
  forget(hash: string | null): void {
    this.#suspects = new Set([...this.#suspects].filter((other) => other !== hash));
    this.save();
  }

  /** Runs `work`, which decodes the picture; one at a time, so that the note names the right one. */
  search<T>(hash: string | null, work: () => Promise<T>): Promise<T> {
    return this.#oneByOne(() => this.#noted(hash, 'search', work));
  }

  copy<T>(hash: string | null, work: () => Promise<T>): Promise<T> {
    return this.#noted(hash, 'copy', work);
  }

  /** Writes the notes after a change, and when the page becomes hidden or visible. */
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
      // Full or blocked: the picture is decoded without a note.
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
  // Also when the tab is closed or reloaded.
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
