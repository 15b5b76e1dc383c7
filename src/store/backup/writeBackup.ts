import { throwIfAborted } from '../../core/abort';
import type { Backing } from '../tables';
import { encryptBackup } from './container';
import { encodeRecord } from './records';

/** Faces read at once: some megabytes of crops. */
const PAGE = 64;

export interface BackupOptions {
  readonly signal?: AbortSignal;
  /** Faces or bytes done, of so many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * People, faces, crops and settings as one encrypted file (container.ts), written page by page: of 10,000 faces no more
 * than a page is in memory. Who is added meanwhile is left out. Throws `backup/weak-passphrase`, `aborted`.
 */
export async function writeBackup(
  backing: Backing,
  passphrase: string,
  { signal, onProgress }: BackupOptions = {},
): Promise<Blob> {
  async function* content() {
    yield encodeRecord({ kind: 'about', createdAt: Date.now() });
    const settings = await backing.read((tables) => tables.settings.get('settings'));
    yield encodeRecord({ kind: 'settings', settings: settings ?? {} });
    const people = await backing.read((tables) => tables.people.all());
    for (const person of people) yield encodeRecord({ kind: 'person', person });
    const known = new Set(people.map(({ id }) => id));
    const total = await backing.read((tables) => tables.faces.count());
    let faces = 0;
    for (let after: string | null = null; ;) {
      throwIfAborted(signal);
      const page = await readPage(after);
      for (const face of page) {
        if (!known.has(face.personId)) continue;
        yield encodeRecord({ kind: 'face', face });
        faces++;
      }
      onProgress?.(Math.min(faces, total), total);
      if (page.length < PAGE) break;
      after = page.at(-1)!.id;
    }
    yield encodeRecord({ kind: 'end', people: people.length, faces });
  }
  const readPage = (after: string | null) => backing.read((tables) => tables.faces.page(after, PAGE));
  // Blobs: the browser keeps them outside the page's memory, and on the disk when they are many.
  const parts: Blob[] = [];
  for await (const part of encryptBackup(passphrase, content())) {
    throwIfAborted(signal);
    parts.push(new Blob([part]));
  }
  return new Blob(parts, { type: 'application/octet-stream' });
}
