/** The photo library's records of a backup: folders without their handles, pictures with their thumbnails, faces. */
import { ERROR_TEXT, type ErrorCode } from '../../core/errors';
import type { PhotoFace, PhotoFolder, PhotoRecord } from '../photoSchema';
import type { BlobRow, PhotoCropRow, PhotoVectorRow } from '../photoTables';
import {
  box,
  cropFields,
  flag,
  id,
  imageType,
  joinVector,
  number,
  object,
  orNull,
  quality,
  splitVector,
  text,
  type Bytes,
  type Fields,
} from './fields';

/** Paths below a folder; the longest that systems allow are 4096 bytes. */
const MAX_PATH = 5000;

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
    const { id, name, turned, unfinished, createdAt } = record.folder;
    return { json: { kind: 'folder', folder: { id, name, turned, unfinished, createdAt } }, body: none };
  }
  if (record.kind === 'photo') {
    const { photo, thumbnail } = record;
    const body = thumbnail ? new Uint8Array(thumbnail.bytes) : none;
    return { json: { kind: 'photo', photo, thumbnail: thumbnail && { type: thumbnail.type } }, body };
  }
  const { face, vector, crop } = record;
  const { embedding } = vector;
  const { scale, type, detection } = crop;
  const numbers = { modelId: embedding.modelId, vectorLength: embedding.vector.length };
  return {
    json: { kind: 'photoFace', face, ...numbers, crop: { scale, type, detection } },
    body: joinVector(embedding.vector, crop.bytes),
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
    createdAt: number(value['createdAt']),
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
    size: number(value['size']),
    modified: number(value['modified']),
    takenAt: number(value['takenAt']),
    width: number(value['width']),
    height: number(value['height']),
    error: orNull(value['error'], parseError),
  };
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
      score: number(face['score']),
      quality: quality(face['quality']),
      personId: orNull(face['personId'], id),
      confirmed: flag(face['confirmed']),
      group: orNull(face['group'], id),
    },
    vector: { id: own, embedding: { modelId: text(value['modelId']), vector } },
    crop: { id: own, ...cropFields(value['crop']), bytes: rest },
  };
}
