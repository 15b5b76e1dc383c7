/** A backup's content: records, each the lengths of its two parts (4 bytes each, little-endian), JSON, and raw bytes. */
import { FaceError } from '../../core/errors';
import { cleanName } from '../names';
import type { FaceRow, PersonRecord, Settings } from '../schema';
import type { BackupCounts } from './backup';
import {
  between,
  cropFields,
  date,
  embedding,
  embeddingFields,
  id,
  joinVector,
  number,
  object,
  oneOf,
  quality,
  splitVector,
  text,
  type Bytes,
  type Fields,
} from './fields';
import { encodePhotos, parsePhotos, type PhotoRecords } from './photoRecords';
import { encodeTraining, parseTraining, type TrainRecords } from './trainRecords';

/** A training's plot of ten thousand steps is a megabyte or two. */
const MAX_JSON = 1 << 23;
/** A crop is at most 400 px a side, an embedding some kilobytes; models come in parts. */
const MAX_BYTES = 1 << 23;

export const COUNTED = ['people', 'faces', 'folders', 'photos', 'photoFaces', 'runs', 'models'] as const;

export type BackupRecord =
  | { readonly kind: 'about'; readonly createdAt: number }
  | { readonly kind: 'settings'; readonly settings: Partial<Settings> }
  | { readonly kind: 'person'; readonly person: PersonRecord }
  | { readonly kind: 'face'; readonly face: FaceRow }
  | PhotoRecords
  | TrainRecords
  | ({ readonly kind: 'end' } & BackupCounts);

/** One record's bytes: embeddings, crops, thumbnails and models lie as they are behind the JSON. */
export function encodeRecord(record: BackupRecord): Bytes {
  switch (record.kind) {
    case 'face': {
      const { embedding: numbers, crop, ...rest } = record.face;
      const { bytes, ...cropRest } = crop;
      const face = { ...rest, ...embeddingFields(numbers), crop: cropRest };
      return frame({ kind: 'face', face }, joinVector(numbers.vector, bytes));
    }
    case 'folder':
    case 'photo':
    case 'photoFace': {
      const { json, body } = encodePhotos(record);
      return frame(json, body);
    }
    case 'run':
    case 'file':
    case 'part':
    case 'model': {
      const { json, body } = encodeTraining(record);
      return frame(json, body);
    }
    default:
      return frame(record, new Uint8Array(0));
  }
}

function frame(value: unknown, body: Bytes): Bytes {
  const json = new TextEncoder().encode(JSON.stringify(value));
  const out = new Uint8Array(8 + json.length + body.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, json.length, true);
  view.setUint32(4, body.length, true);
  out.set(json, 8);
  out.set(body, 8 + json.length);
  return out;
}

/** The records in `chunks`, wherever those were cut: for each chunk those that end in it. Throws `backup/damaged` for what no version of the app wrote. */
export async function* decodeRecords(chunks: AsyncIterable<Bytes>, name: string): AsyncGenerator<BackupRecord[]> {
  const bad = (reason: string) => new FaceError('backup/damaged', { name, reason });
  let rest: Bytes = new Uint8Array(0);
  for await (const chunk of chunks) {
    const data = new Uint8Array(rest.length + chunk.length);
    data.set(rest);
    data.set(chunk, rest.length);
    const view = new DataView(data.buffer);
    const records: BackupRecord[] = [];
    let at = 0;
    while (data.length - at >= 8) {
      const json = view.getUint32(at, true);
      const bytes = view.getUint32(at + 4, true);
      if (json > MAX_JSON || bytes > MAX_BYTES) throw bad('a record is too large');
      const end = at + 8 + json + bytes;
      if (end > data.length) break;
      records.push(parse(data.subarray(at + 8, at + 8 + json), data.slice(at + 8 + json, end), bad));
      at = end;
    }
    rest = data.slice(at);
    yield records;
  }
  if (rest.length > 0) throw bad('its last record is not whole');
}

function parse(json: Bytes, body: Bytes, bad: (reason: string) => FaceError): BackupRecord {
  try {
    const value = object(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json)));
    const record = parsePeople(value, body) ?? parsePhotos(value, body) ?? parseTraining(value, body);
    if (!record) throw new Error('a record of an unknown kind');
    return record;
  } catch (thrown) {
    throw bad(
      thrown instanceof Error ? `a record is not well-formed (${thrown.message})` : 'a record is not well-formed',
    );
  }
}

function parsePeople(value: Fields, body: Bytes): BackupRecord | null {
  switch (value['kind']) {
    case 'about':
      return { kind: 'about', createdAt: date(value['createdAt']) };
    case 'settings':
      return { kind: 'settings', settings: parseSettings(object(value['settings'])) };
    case 'person':
      return { kind: 'person', person: parsePerson(object(value['person'])) };
    case 'face':
      return { kind: 'face', face: parseFace(object(value['face']), body) };
    case 'end':
      return parseEnd(value);
    default:
      return null;
  }
}

function parseEnd(value: Fields): BackupRecord {
  // Version 1 counted people and faces alone.
  const count = (key: (typeof COUNTED)[number]) => (value[key] === undefined ? 0 : number(value[key]));
  const rest = { folders: count('folders'), photos: count('photos'), photoFaces: count('photoFaces') };
  const training = { runs: count('runs'), models: count('models') };
  return { kind: 'end', people: number(value['people']), faces: number(value['faces']), ...rest, ...training };
}

function parsePerson(value: Fields): PersonRecord {
  return { id: id(value['id']), name: cleanName(text(value['name'])), createdAt: date(value['createdAt']) };
}

function parseFace(value: Fields, body: Bytes): FaceRow {
  const { vector, rest } = splitVector(value['vectorLength'], body);
  const source = object(value['source']);
  return {
    id: id(value['id']),
    personId: id(value['personId']),
    createdAt: date(value['createdAt']),
    embedding: embedding(value, vector),
    quality: quality(value['quality']),
    source: { kind: oneOf(source['kind'], ['picture', 'camera', 'sample']), name: text(source['name']) },
    crop: { ...cropFields(value['crop']), bytes: rest },
  };
}

/** Settings of later versions are left out, those that are missing keep their defaults. */
function parseSettings(value: Fields): Partial<Settings> {
  const { model, backend, precision, far, mirrorCamera } = value;
  return {
    ...(model !== undefined && { model: model === null ? null : text(model) }),
    ...(backend !== undefined && { backend: oneOf(backend, ['auto', 'wasm', 'webgpu']) }),
    ...(precision !== undefined && { precision: oneOf(precision, ['auto', 'float32', 'float16', 'int8']) }),
    ...(far !== undefined && { far: far === null ? null : between(far, 1e-9, 0.999) }),
    ...(typeof mirrorCamera === 'boolean' && { mirrorCamera }),
  };
}
