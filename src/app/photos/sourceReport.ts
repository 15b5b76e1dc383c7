import type { ErrorCode, FaceError } from '../../core/errors';
import { endingOf, fileRole, unreadableError, unreadableKind } from '../../core/pictureFiles';
import type { FolderReport } from '../../store/photoSchema';

/** Sentences kept per folder: for 20,000 HEIC pictures the number is enough. */
const MOST_NAMED = 500;

const PLACES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'photos/unreadable-folder',
  'photos/bad-name',
  'photos/too-deep',
  'archive/nested',
]);

/** Collects what is not read of a folder or archive. */
export class SourceReport {
  problem: string | null = null;
  /** Each once: a source may be read again. */
  readonly #skipped = new Set<string>();
  #skippedTotal = 0;
  #places = 0;
  #system = 0;
  readonly #kinds = new Map<string, number>();
  readonly #others = new Map<string, number>();

  /** Whether to read `path`; counts or names it otherwise. */
  wants(path: string): boolean {
    const role = fileRole(path);
    if (role === 'picture') return true;
    if (role === 'system') this.#system += hasPictureEnding(path) ? 1 : 0;
    else if (role === 'other') addOne(this.#others, endingOf(path));
    else {
      addOne(this.#kinds, unreadableKind(path)!.kind);
      this.skip(unreadableError(path)!);
    }
    return false;
  }

  /** Names what could not be read, `files` at once; the sentence of `error` has the name. */
  skip({ code, message }: FaceError, files = 1): void {
    if (this.#skipped.has(message)) return;
    this.#skipped.add(message);
    this.#skippedTotal += files;
    if (PLACES.has(code)) this.#places += files;
  }

  result(): FolderReport {
    return {
      problem: this.problem,
      skipped: [...this.#skipped].slice(0, MOST_NAMED),
      skippedTotal: this.#skippedTotal,
      places: this.#places,
      kinds: Object.fromEntries(this.#kinds),
      system: this.#system,
      others: Object.fromEntries(this.#others),
    };
  }
}

function hasPictureEnding(path: string): boolean {
  const name = `x.${endingOf(path)}`;
  return fileRole(name) === 'picture' || fileRole(name) === 'unreadable';
}

function addOne(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
