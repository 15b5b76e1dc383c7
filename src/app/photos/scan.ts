import { toFaceError } from '../../core/errors';
import type { RecognisedFace } from '../../core/types';
import type { NewPhotoFace, PhotoFolder, PhotoRecord } from '../../store/photoSchema';
import type { Engine } from '../shell/engine.svelte';
import { smallCopy } from '../shell/thumbnail';
import { exifDate } from './exifDate';
import type { TabGuard } from './tabGuard';

/** Longer side of a stored thumbnail, pixels. */
const THUMB_SIDE = 320;

/** A picture's record before its pixels have been seen. */
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
 * What one picture shows; `read` gives its bytes. A picture that cannot be read is an answer too; rejects with what is not
 * the picture's fault: `aborted`, an engine that does not start. `earliest`: the date where EXIF has none.
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
 * Who they are is left to the grouping, which asks for a likeness to several of a person's faces and keeps two of one
 * picture apart: the nearest single face named strangers where few people were known.
 */
function newFaces(faces: readonly RecognisedFace[]): NewPhotoFace[] {
  return faces.flatMap(({ detection: { box, score }, embedding, quality, crop }) =>
    crop ? [{ box, score, quality, embedding, crop, personId: null, confirmed: false, group: null }] : [],
  );
}
