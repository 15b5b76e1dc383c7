import { toFaceError } from '../../core/errors';
import type { RecognisedFace } from '../../core/types';
import type { NewPhotoFace, PhotoFolder, PhotoRecord } from '../../store/photoSchema';
import type { Engine } from '../shell/engine.svelte';
import { smallCopy } from '../shell/thumbnail';
import { exifDate } from './exifDate';
import type { TabGuard } from './tabGuard';

/** Longer side of a stored thumbnail, pixels. */
const THUMB_SIDE = 320;

/** A picture's record before decoding. */
export type PictureFile = Pick<PhotoRecord, 'id' | 'folderId' | 'path' | 'size' | 'modified' | 'sha256'>;

export interface ScanResult {
  readonly photo: PhotoRecord;
  readonly thumbnail: Blob | null;
  readonly faces: readonly NewPhotoFace[];
}

export function photoId(folder: PhotoFolder, path: string): string {
  return `${folder.id}/${path}`;
}

/**
 * Scans one picture; `read` returns its bytes. An unreadable picture is a result with an error; rejects with errors
 * that are not the picture's: `aborted`, an engine that does not start. `earliest`: the date if EXIF has none.
 */
export async function scanPicture(
  file: PictureFile,
  read: () => Promise<Blob>,
  { turned, earliest }: { readonly turned: boolean; readonly earliest: number },
  engine: Engine,
  guard: TabGuard,
  signal: AbortSignal,
): Promise<ScanResult> {
  const base = { ...file, lookedTurned: turned };
  try {
    const blob = await read();
    await engine.ready();
    const options = { keepCrops: true, ...(turned && { turned: true }) };
    const result = await guard.search(file.sha256, () =>
      engine.client.call('recognise', { picture: blob, name: file.path, options }, { signal }),
    );
    const { width, height } = result;
    const takenAt = (await exifDate(blob)) ?? earliest;
    return {
      photo: { ...base, width, height, takenAt, error: null },
      thumbnail: await guard.copy(file.sha256, () => smallCopy(blob, width, height, THUMB_SIDE)),
      faces: newFaces(result.faces),
    };
  } catch (thrown) {
    const { code, message } = toFaceError(thrown);
    const own =
      code.startsWith('image/') || code.startsWith('archive/') || code === 'worker/crashed' || code === 'internal';
    if (!own) throw thrown;
    const photo = { ...base, width: 0, height: 0, takenAt: earliest, error: { code, message } };
    return { photo, thumbnail: null, faces: [] };
  }
}

/**
 * People are assigned by the grouping, which compares several faces of a person and keeps two of one picture apart: the
 * nearest single face named strangers when few people were known.
 */
function newFaces(faces: readonly RecognisedFace[]): NewPhotoFace[] {
  return faces.flatMap(({ detection: { box, score }, embedding, quality, crop }) =>
    crop ? [{ box, score, quality, embedding, crop, personId: null, confirmed: false, group: null }] : [],
  );
}
