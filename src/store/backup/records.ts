/** A backup's content: records, each the lengths of its two parts (4 bytes each, little-endian), JSON, and raw bytes. */
import { FaceError } from '../../core/errors';
import { describeProblem, parseWith } from '../../core/parse';
import type { CohortMean, Embedding } from '../../core/types';
import type {
  BlobRow,
  FolderReport,
  PhotoCropRow,
  PhotoFace,
  PhotoFolder,
  PhotoRecord,
  PhotoVectorRow,
} from '../photoSchema';
import type { FaceRow, Settings } from '../schema';
import type { TrainedModelRecord, TrainRunRecord } from '../trainSchema';
import { RecordJson } from './schemas';

export type Bytes = Uint8Array<ArrayBuffer>;

/** A training's plot of ten thousand steps is a megabyte or two. */
const MAX_JSON = 1 << 23;
/** A crop is at most 400 px a side, an embedding some kilobytes; models come in parts. */
const MAX_BYTES = 1 << 23;
/** Bytes of a model's file in one record. */
export const PART_BYTES = 1 << 20;
/** What a folder's report is cut to: names of an archive's entries may be of any length, and a record may not. */
const REPORT_SENTENCE = 2000;
const REPORT_WORD = 200;
const REPORT_KINDS = 1000;
const NO_BYTES: Bytes = new Uint8Array(0);

/** A face in a picture with its numbers and its crop: rows of three tables. */
export interface PhotoFaceRows {
  readonly face: PhotoFace;
  readonly vector: PhotoVectorRow;
  readonly crop: PhotoCropRow;
}
export type BackupRecord =
  | Exclude<RecordJson, { kind: 'settings' | 'face' | 'folder' | 'photo' | 'photoFace' | 'run' | 'part' | 'model' }>
  | { readonly kind: 'settings'; readonly settings: Partial<Settings> }
  | { readonly kind: 'face'; readonly face: FaceRow }
  | { readonly kind: 'folder'; readonly folder: PhotoFolder }
  | { readonly kind: 'photo'; readonly photo: PhotoRecord; readonly thumbnail: BlobRow | null }
  | ({ readonly kind: 'photoFace' } & PhotoFaceRows)
  | { readonly kind: 'run'; readonly run: TrainRunRecord }
  | { readonly kind: 'part'; readonly bytes: Bytes }
  | { readonly kind: 'model'; readonly model: TrainedModelRecord };

/** One record's bytes: embeddings, crops, thumbnails and models follow the JSON as they are. */
export function encodeRecord(record: BackupRecord): Bytes {
  switch (record.kind) {
    case 'face': {
      const { embedding, crop, ...rest } = record.face;
      const { bytes, ...cropRest } = crop;
      const face = { ...rest, ...embeddingFields(embedding), crop: cropRest };
      return frame({ kind: 'face', face }, joinVector(embedding.vector, bytes));
    }
    case 'folder': {
      const { id, name, turned, unfinished, createdAt, report = null } = record.folder;
      const folder = { id, name, turned, unfinished, createdAt, report: report && shortened(report) };
      return frame({ kind: 'folder', folder });
    }
    case 'photo': {
      const { photo, thumbnail } = record;
      const json = { kind: 'photo', photo, thumbnail: thumbnail && { type: thumbnail.type } };
      return frame(json, thumbnail ? new Uint8Array(thumbnail.bytes) : NO_BYTES);
    }
    case 'photoFace': {
      const { face, vector, crop } = record;
      const { scale, type, detection } = crop;
      const json = { kind: 'photoFace', face, ...embeddingFields(vector.embedding), crop: { scale, type, detection } };
      return frame(json, joinVector(vector.embedding.vector, crop.bytes));
    }
    case 'part':
      return frame({ kind: 'part' }, record.bytes);
    default:
      return frame(record);
  }
}

function frame(value: unknown, body = NO_BYTES): Bytes {
  const json = new TextEncoder().encode(JSON.stringify(value));
  const out = new Uint8Array(8 + json.length + body.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, json.length, true);
  view.setUint32(4, body.length, true);
  out.set(json, 8);
  out.set(body, 8 + json.length);
  return out;
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

/** For each of `chunks`, cut anywhere, the records that end in it. Throws `backup/damaged`. */
export async function* decodeRecords(chunks: AsyncIterable<Bytes>, name: string): AsyncGenerator<BackupRecord[], void> {
  const bad = (reason: string) => new FaceError('backup/damaged', { name, reason });
  let rest = NO_BYTES;
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
      records.push(decode(data.subarray(at + 8, at + 8 + json), data.slice(at + 8 + json, end), bad));
      at = end;
    }
    rest = data.slice(at);
    yield records;
  }
  if (rest.length > 0) throw bad('its last record is not whole');
}

function decode(json: Bytes, body: Bytes, bad: (reason: string) => FaceError): BackupRecord {
  const malformed = (reason: string) => bad(`a record is not well-formed (${reason})`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    throw malformed('it is not JSON');
  }
  const parsed = parseWith(RecordJson, value, (problem) => malformed(describeProblem(problem)));
  return withBody(parsed, body, malformed);
}

/** A record of its JSON and the bytes that follow it. */
function withBody(json: RecordJson, body: Bytes, malformed: (reason: string) => FaceError): BackupRecord {
  switch (json.kind) {
    case 'face': {
      const { modelId, vectorLength, cohortMean, crop, ...rest } = json.face;
      const { vector, rest: bytes } = splitVector(vectorLength, body, malformed);
      return {
        kind: 'face',
        face: { ...rest, embedding: embeddingOf(modelId, vector, cohortMean), crop: { ...crop, bytes } },
      };
    }
    case 'photo': {
      const { photo, thumbnail } = json;
      return { kind: 'photo', photo, thumbnail: thumbnail && { ...thumbnail, id: photo.id, bytes: body.buffer } };
    }
    case 'photoFace': {
      const { face, modelId, vectorLength, cohortMean, crop } = json;
      const { vector, rest: bytes } = splitVector(vectorLength, body, malformed);
      const { id } = face;
      return {
        kind: 'photoFace',
        face,
        vector: { id, embedding: embeddingOf(modelId, vector, cohortMean) },
        crop: { id, ...crop, bytes },
      };
    }
    case 'part':
      return { kind: 'part', bytes: body };
    default:
      return json;
  }
}

/** An embedding's numbers (float32, little-endian as all machines are that run browsers) and the bytes after them. */
function splitVector(count: number, body: Bytes, malformed: (reason: string) => FaceError) {
  if (count * 4 > body.length) throw malformed('the embedding is not whole');
  const vector = new Float32Array(body.slice(0, count * 4).buffer);
  if (!vector.every(Number.isFinite)) throw malformed('the embedding holds no numbers');
  return { vector, rest: body.slice(count * 4).buffer };
}
function joinVector(vector: Float32Array, picture: ArrayBuffer): Bytes {
  const numbers = new Uint8Array(vector.slice().buffer);
  const body = new Uint8Array(numbers.length + picture.byteLength);
  body.set(numbers);
  body.set(new Uint8Array(picture), numbers.length);
  return body;
}

/** What a record's JSON says of its embedding; the numbers themselves are in the bytes. */
function embeddingFields({ modelId, vector, cohortMean }: Embedding) {
  return { modelId, vectorLength: vector.length, cohortMean: cohortMean ?? null };
}
function embeddingOf(modelId: string, vector: Float32Array, cohortMean: CohortMean | null): Embedding {
  return { modelId, vector, ...(cohortMean && { cohortMean }) };
}
