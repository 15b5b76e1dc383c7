/** The photo library's records of a backup: folders without their handles, pictures with their thumbnails, faces. */
import { ERROR_TEXT, type ErrorCode } from '../../core/errors';
import type {
  BlobRow,
  FolderReport,
  PhotoCropRow,
  PhotoFace,
  PhotoFolder,
  PhotoRecord,
  PhotoVectorRow,
} from '../photoSchema';
import {
  box,
  cropFields,
  between,
  count,
  date,
  embedding,
  embeddingFields,
  flag,
  id,
  imageType,
  joinVector,
  list,
  object,
  orNull,
  quality,
  splitVector,
  text,
  type Bytes,
  type Fields,
} from './fields';

/** Paths below a folder; the longest are those of archives, 65,535 bytes. What is kept here has to open again. */
const MAX_PATH = 70_000;
/** The app keeps 500 of a folder. */
const MOST_SENTENCES = 10_000;
/** Of a report, what is written: names of an archive's entries may be of any length, and a record may not. */
const REPORT_SENTENCE = 2000;
const REPORT_WORD = 200;
const REPORT_KINDS = 1000;

/** What the app shows of a face in a picture, its numbers and its crop: rows of three tables. */
export interface PhotoFaceRows {
  readonly face: PhotoFace;
  readonly vector: PhotoVectorRow;
  readonly crop: PhotoCropRow;
}
export type PhotoRecords =
  | { readonly kind: 'folder'; readonly folder: PhotoFolder }
  | { readonly kind: 'photo'; readonly photo: PhotoRecord; readonly thumbnail: BlobRow | null }
  | ({ readonly kind: 'photoFace' } & PhotoFaceRows);

/** A record's JSON and the bytes behind it. */
export function encodePhotos(record: PhotoRecords): { readonly json: unknown; readonly body: Bytes } {
  const none = new Uint8Array(0);
  if (record.kind === 'folder') {
    const { id, name, turned, unfinished, createdAt, report = null } = record.folder;
    const folder = { id, name, turned, unfinished, createdAt, report: report && shortened(report) };
    return { json: { kind: 'folder', folder }, body: none };
  }
  if (record.kind === 'photo') {
    const { photo, thumbnail } = record;
    const body = thumbnail ? new Uint8Array(thumbnail.bytes) : none;
    return { json: { kind: 'photo', photo, thumbnail: thumbnail && { type: thumbnail.type } }, body };
  }
  const { face, vector, crop } = record;
  const { scale, type, detection } = crop;
  return {
    json: { kind: 'photoFace', face, ...embeddingFields(vector.embedding), crop: { scale, type, detection } },
    body: joinVector(vector.embedding.vector, crop.bytes),
  };
}

/** The record of that kind, or null where it is none of these. Throws an Error that says what is wrong. */
export function parsePhotos(value: Fields, body: Bytes): PhotoRecords | null {
  switch (value['kind']) {
    case 'folder':
      return { kind: 'folder', folder: parseFolder(object(value['folder'])) };
    case 'photo': {
      const photo = parsePhoto(object(value['photo']));
      const thumbnail = orNull(value['thumbnail'], (given) => ({
        id: photo.id,
        type: imageType(object(given)['type']),
        bytes: body.buffer,
      }));
      return { kind: 'photo', photo, thumbnail };
    }
    case 'photoFace':
      return { kind: 'photoFace', ...parsePhotoFace(value, body) };
    default:
      return null;
  }
}

/** Handles stay on the device that gave them: elsewhere its pictures have to be handed over again. */
function parseFolder(value: Fields): PhotoFolder {
  return {
    id: id(value['id']),
    name: text(value['name']),
    kind: 'given',
    turned: flag(value['turned']),
    unfinished: flag(value['unfinished']),
    createdAt: date(value['createdAt']),
    // Null of a folder that has not been gone through; backups of earlier versions have none at all.
    ...(value['report'] ? { report: parseReport(object(value['report'])) } : {}),
  };
}

function shortened({ problem, skipped, kinds, others, ...rest }: FolderReport): FolderReport {
  const short = (sentence: string) =>
    sentence.length > REPORT_SENTENCE ? `${sentence.slice(0, REPORT_SENTENCE - 1)}…` : sentence;
  const counts = (given: FolderReport['others']) =>
    Object.fromEntries(
      Object.entries(given)
        .sort(([, a], [, b]) => b - a)
        .slice(0, REPORT_KINDS)
        .map(([name, files]) => [name.slice(0, REPORT_WORD), files]),
    );
  return {
    ...rest,
    problem: problem === null ? null : short(problem),
    skipped: skipped.map(short),
    kinds: counts(kinds),
    others: counts(others),
  };
}

function parseReport(value: Fields): FolderReport {
  const counts = (given: unknown): Record<string, number> =>
    Object.fromEntries(Object.entries(object(given)).map(([name, files]) => [text(name), count(files)]));
  const skipped = list(value['skipped']);
  if (skipped.length > MOST_SENTENCES) throw new Error('a folder’s report is too long');
  return {
    problem: orNull(value['problem'], (given) => text(given, MAX_PATH + 1000)),
    skipped: skipped.map((given) => text(given, MAX_PATH + 1000)),
    skippedTotal: count(value['skippedTotal']),
    places: count(value['places']),
    kinds: counts(value['kinds']),
    system: count(value['system']),
    others: counts(value['others']),
  };
}

function parsePhoto(value: Fields): PhotoRecord {
  const folderId = id(value['folderId']);
  const path = text(value['path'], MAX_PATH);
  const given = text(value['id'], MAX_PATH + 1000);
  if (given !== `${folderId}/${path}`) throw new Error('a picture is of no folder');
  return {
    id: given,
    folderId,
    path,
    size: count(value['size'], Number.MAX_SAFE_INTEGER),
    modified: date(value['modified']),
    // Backups of earlier versions have neither of these two.
    sha256: orNull(value['sha256'] ?? null, hash),
    lookedTurned: value['lookedTurned'] === undefined ? false : flag(value['lookedTurned']),
    takenAt: date(value['takenAt']),
    width: count(value['width']),
    height: count(value['height']),
    error: orNull(value['error'], parseError),
  };
}

function hash(value: unknown): string {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) throw new Error('a picture has no proper hash');
  return value;
}

function parseError(value: unknown): NonNullable<PhotoRecord['error']> {
  const { code, message } = object(value);
  const known = (name: unknown): name is ErrorCode => typeof name === 'string' && Object.hasOwn(ERROR_TEXT, name);
  return { code: known(code) ? code : 'image/unreadable', message: text(message, MAX_PATH + 1000) };
}

function parsePhotoFace(value: Fields, body: Bytes): PhotoFaceRows {
  const face = object(value['face']);
  const own = id(face['id']);
  const { vector, rest } = splitVector(value['vectorLength'], body);
  return {
    face: {
      id: own,
      photoId: text(face['photoId'], MAX_PATH + 1000),
      box: box(face['box']),
      score: between(face['score'], 0, 1.001),
      quality: quality(face['quality']),
      personId: orNull(face['personId'], id),
      confirmed: flag(face['confirmed']),
      group: orNull(face['group'], id),
    },
    vector: { id: own, embedding: embedding(value, vector) },
    crop: { id: own, ...cropFields(value['crop']), bytes: rest },
  };
}
