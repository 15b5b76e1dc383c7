/**
 * One pass through a folder. Pictures are known by their content, so that names stay when files are edited, renamed,
 * moved or copied; pictures that are gone leave the library.
 */
import { FaceError, toFaceError } from '../../core/errors';
import { sha256 } from '../../core/sha256';
import type { CarryOver, PhotoFolder, PhotoMove, PhotoRecord, StoredPhoto } from '../../store/photoSchema';
import type { Engine } from '../shell/engine.svelte';
import { carryOver } from './carryOver';
import type { PhotoLists } from './photoLists.svelte';
import { photoId, scanPicture, type PictureFile } from './scan';
import type { PhotoSource, SourcePicture } from './sources';
import type { TabGuard } from './tabGuard';

/** Replaced pictures kept until the pass ends: their content may turn up in another place. */
const MOST_DISPLACED = 500;

/** The outcome for known pictures that were not found. */
export interface Departed {
  /** Removed from the library. */
  readonly gone: readonly StoredPhoto[];
  /** Number kept because most or all are missing, which looks like a mistake. */
  readonly missing: number;
}

export class FolderWalk {
  /** The folder's pictures at the start of the pass. */
  readonly #known: ReadonlyMap<string, PhotoRecord>;
  /** All pictures of the library by content. */
  readonly #byHash: ReadonlyMap<string, PhotoRecord>;
  readonly #seen = new Set<string>();
  /** Pictures whose content is still in its place. */
  readonly #settled = new Set<string>();
  /** Known content in a new place: whether it was moved or copied shows at the end. */
  readonly #waiting: PictureFile[] = [];
  readonly #displaced = new Map<string, StoredPhoto>();

  constructor(
    private readonly folder: PhotoFolder,
    private readonly library: PhotoLists,
    private readonly engine: Engine,
    private readonly guard: TabGuard,
  ) {
    const own = library.photos.filter(({ folderId }) => folderId === folder.id);
    this.#known = new Map(own.map((photo) => [photo.id, photo]));
    this.#byHash = new Map(
      library.photos.flatMap((photo) => (photo.sha256 === null ? [] : [[photo.sha256, photo] as const])),
    );
  }

  /** Scans a picture if needed; resolves to the number of new faces. */
  async visit(picture: SourcePicture, signal: AbortSignal): Promise<number> {
    const id = photoId(this.folder, picture.path);
    this.#seen.add(id);
    const known = this.#known.get(id);
    const sameFile = known?.size === picture.size && known.modified === picture.modified;
    if (known && sameFile && known.sha256 !== null && !this.#needsScan(known)) return this.#stays(id);
    let blob: Blob;
    let hash: string;
    try {
      ({ blob, hash } = await readWhole(picture));
    } catch (thrown) {
      // It may be readable the next time: keep what is known.
      if (known?.error === null) return this.#stays(id);
      return this.#scan(
        this.#file(picture, null),
        () => {
          throw thrown;
        },
        known,
        false,
        signal,
      );
    }
    const file = this.#file(picture, hash);
    // A record without a hash is of an earlier version, or of a picture that could not be read.
    const sameBytes =
      known !== undefined && (known.sha256 ?? (sameFile && known.error === null ? hash : null)) === hash;
    if (known && sameBytes && !this.#needsScan(known)) {
      await this.library.update({ ...known, ...file, takenAt: earliestDate(known, file) });
      return this.#stays(id);
    }
    if (!sameBytes && (this.#byHash.has(hash) || this.library.gone.has(hash))) {
      this.#waiting.push(file);
      return 0;
    }
    if (known && !sameBytes) await this.#displace(known);
    this.#settled.add(id);
    return this.#scan(file, async () => blob, known, sameBytes, signal);
  }

  /** Assigns known content to new places. `isWhole`: the source was read to its end. Resolves to the new faces. */
  async settle(source: PhotoSource, isWhole: boolean, signal: AbortSignal): Promise<number> {
    if (this.#waiting.length === 0) return 0;
    const waiting = this.#waiting.splice(0);
    const left = await this.#copy(isWhole ? await this.#move(waiting) : waiting);
    await this.library.load();
    const placed = waiting.flatMap(({ id }) => this.library.photoById.get(id) ?? []);
    const again = new Set([...left, ...placed.filter((photo) => this.#needsScan(photo))].map(({ id }) => id));
    let faces = 0;
    if (again.size === 0 || !isWhole) return faces;
    for await (const picture of source.pictures()) {
      if (signal.aborted) return faces;
      const id = photoId(this.folder, picture.path);
      if (!again.has(id)) continue;
      const whole = await readWhole(picture).catch((thrown: unknown) => {
        if (!/^(image|archive)\//.test(toFaceError(thrown).code)) throw thrown;
        return null;
      });
      if (!whole) continue; // it was readable before: left to the next pass
      const { blob, hash } = whole;
      const file = this.#file(picture, hash);
      const known = this.library.photoById.get(id);
      faces += await this.#scan(file, async () => blob, known, known?.sha256 === file.sha256, signal);
    }
    return faces;
  }

  /** After a whole pass: removes pictures that were not seen, unless suspiciously many are missing. */
  async removeGone(): Promise<Departed> {
    const missing = [...this.#known.keys()].filter((id) => !this.#seen.has(id) && !this.#settled.has(id));
    if (missing.length === 0) return { gone: [], missing: 0 };
    const there = this.#known.size - missing.length;
    const enough = this.folder.kind === 'handle' ? 1 : this.#known.size / 2;
    if (there < enough) return { gone: [], missing: missing.length };
    return { gone: await this.library.removeGone(missing), missing: 0 };
  }

  /** Turned faces are wanted and it was searched upright; or worker or disk failed, and another try may succeed. */
  #needsScan({ lookedTurned, error }: PhotoRecord): boolean {
    if (error !== null) return error.code === 'worker/crashed' || error.code === 'image/not-opened';
    return this.folder.turned && !lookedTurned;
  }

  #stays(id: string): 0 {
    this.#settled.add(id);
    return 0;
  }

  #file({ path, size, modified }: SourcePicture, hash: string | null): PictureFile {
    return { id: photoId(this.folder, path), folderId: this.folder.id, path, size, modified, sha256: hash };
  }

  async #scan(
    file: PictureFile,
    read: () => Promise<Blob>,
    known: PhotoRecord | undefined,
    sameBytes: boolean,
    signal: AbortSignal,
  ): Promise<number> {
    const earliest = known ? earliestDate(known, file) : file.modified;
    const isSuspect = this.guard.isSuspect(file.sha256);
    if (isSuspect && known?.error === null && sameBytes) {
      // It was scanned before, only not for turned faces: keep what is known.
      await this.library.update({ ...known, ...file, takenAt: earliest, lookedTurned: true });
      this.guard.forget(file.sha256);
      return this.#stays(file.id);
    }
    const bytes = isSuspect ? () => Promise.reject(new FaceError('image/ended-tab', { name: file.path })) : read;
    const options = { turned: this.folder.turned, earliest };
    const result = await scanPicture(file, bytes, options, this.engine, this.guard, signal);
    // The disk vanished between two reads: keep what is known.
    if (result.photo.error?.code === 'image/not-opened' && known?.error === null) {
      this.#displaced.delete(known.sha256 ?? '');
      return this.#stays(file.id);
    }
    const { threshold = 0, cohort = null } = this.engine.state ?? {};
    const carry: CarryOver = (old, fresh) => carryOver(old, fresh, { sameBytes, threshold, cohort });
    await this.library.save(result, carry);
    if (isSuspect) this.guard.forget(file.sha256);
    return result.faces.length;
  }

  async #displace(known: PhotoRecord): Promise<void> {
    if (known.sha256 === null || this.#displaced.size >= MOST_DISPLACED) return;
    const [stored] = await this.library.store.storedPhotos([known.id]);
    if (stored) this.#displaced.set(known.sha256, stored);
  }

  /** Gives files the records whose content left its old place or the library. Returns the other files. */
  async #move(files: readonly PictureFile[]): Promise<PictureFile[]> {
    const loose = new Map<string, (string | StoredPhoto)[]>();
    const add = (hash: string, from: string | StoredPhoto) => loose.set(hash, [...(loose.get(hash) ?? []), from]);
    for (const { id, sha256: hash } of this.#known.values()) if (hash !== null && !this.#settled.has(id)) add(hash, id);
    for (const [hash, stored] of [...this.#displaced, ...this.library.gone]) add(hash, stored);
    const moves = files.flatMap((file): PhotoMove[] => {
      const from = loose.get(file.sha256!)?.shift();
      const record = typeof from === 'string' ? this.#known.get(from) : from?.photo;
      return from && record ? [{ from, to: { ...record, ...file, takenAt: earliestDate(record, file) } }] : [];
    });
    for (const { from, to } of await this.library.move(moves)) {
      this.#settled.add(to.id);
      if (typeof from === 'string') this.#settled.add(from);
    }
    return files.filter(({ id }) => !this.#settled.has(id));
  }

  /** Copies the records of identical content, which may be named. Returns the files to scan. */
  async #copy(files: readonly PictureFile[]): Promise<PictureFile[]> {
    if (files.length === 0) return [];
    // A picture scanned again in the meantime has other content.
    const now = new Map((await this.library.store.photos()).map((photo) => [photo.id, photo]));
    const copies = files.flatMap((file): PhotoMove[] => {
      const twin = now.get(this.#byHash.get(file.sha256!)?.id ?? '');
      if (twin?.sha256 !== file.sha256) return [];
      return [{ from: twin.id, to: { ...twin, ...file, takenAt: earliestDate(twin, file) } }];
    });
    for (const { to } of await this.library.store.copyPhotos(copies)) this.#settled.add(to.id);
    return files.filter(({ id }) => !this.#settled.has(id));
  }
}

/** Keeps EXIF's date; of two file dates the earlier is nearer to the picture's. */
function earliestDate(known: PhotoRecord, { modified }: PictureFile): number {
  return known.takenAt === known.modified ? Math.min(known.modified, modified) : known.takenAt;
}

/** With the SHA-256 of its bytes. Throws as `read`: a damaged disk may fail within a file. */
async function readWhole(picture: SourcePicture): Promise<{ readonly blob: Blob; readonly hash: string }> {
  const blob = await picture.read();
  const bytes = await blob.arrayBuffer().catch((cause: unknown) => {
    throw new FaceError('image/not-opened', { name: picture.path }, { cause });
  });
  return { blob, hash: await sha256(new Uint8Array(bytes)) };
}
