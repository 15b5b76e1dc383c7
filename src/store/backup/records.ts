/** A backup's content: records, each the lengths of its two parts (4 bytes each, little-endian), JSON, and raw bytes. */
import { FaceError } from '../../core/errors';
import { cleanName } from '../names';
import type { FaceRow, PersonRow } from '../rows';
import type { Settings } from '../schema';

const MAX_JSON = 1 << 16;
/** A crop is at most 400 px a side, an embedding some kilobytes. */
const MAX_BYTES = 1 << 23;

type Bytes = Uint8Array<ArrayBuffer>;
export type BackupRecord =
  | { readonly kind: 'about'; readonly createdAt: number }
  | { readonly kind: 'settings'; readonly settings: Partial<Settings> }
  | { readonly kind: 'person'; readonly person: PersonRow }
  | { readonly kind: 'face'; readonly face: FaceRow }
  | { readonly kind: 'end'; readonly people: number; readonly faces: number };

/** One record's bytes: an embedding and a crop lie as they are behind the JSON. */
export function encodeRecord(record: BackupRecord): Bytes {
  if (record.kind !== 'face') return frame(record, new Uint8Array(0));
  const { embedding, crop, ...rest } = record.face;
  const { bytes, ...cropRest } = crop;
  const vector = new Uint8Array(embedding.vector.slice().buffer);
  const body = new Uint8Array(vector.length + bytes.byteLength);
  body.set(vector);
  body.set(new Uint8Array(bytes), vector.length);
  const face = { ...rest, modelId: embedding.modelId, vectorLength: embedding.vector.length, crop: cropRest };
  return frame({ kind: 'face', face }, body);
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

/** The records in `chunks`, wherever those were cut. Throws `backup/damaged` for what no version of the app wrote. */
export async function* decodeRecords(chunks: AsyncIterable<Bytes>, name: string): AsyncGenerator<BackupRecord> {
  const bad = (reason: string) => new FaceError('backup/damaged', { name, reason });
  let rest: Bytes = new Uint8Array(0);
  for await (const chunk of chunks) {
    const data = new Uint8Array(rest.length + chunk.length);
    data.set(rest);
    data.set(chunk, rest.length);
    const view = new DataView(data.buffer);
    let at = 0;
    while (data.length - at >= 8) {
      const json = view.getUint32(at, true);
      const bytes = view.getUint32(at + 4, true);
      if (json > MAX_JSON || bytes > MAX_BYTES) throw bad('a record is too large');
      const end = at + 8 + json + bytes;
      if (end > data.length) break;
      yield parse(data.subarray(at + 8, at + 8 + json), data.slice(at + 8 + json, end), bad);
      at = end;
    }
    rest = data.slice(at);
  }
  if (rest.length > 0) throw bad('its last record is not whole');
}

function parse(json: Bytes, body: Bytes, bad: (reason: string) => FaceError): BackupRecord {
  try {
    const value = object(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json)));
    switch (value['kind']) {
      case 'about':
        return { kind: 'about', createdAt: number(value['createdAt']) };
      case 'settings':
        return { kind: 'settings', settings: parseSettings(object(value['settings'])) };
      case 'person':
        return { kind: 'person', person: parsePerson(object(value['person'])) };
      case 'face':
        return { kind: 'face', face: parseFace(object(value['face']), body) };
      case 'end':
        return { kind: 'end', people: number(value['people']), faces: number(value['faces']) };
      default:
        throw new Error('a record of an unknown kind');
    }
  } catch (thrown) {
    throw bad(
      thrown instanceof Error ? `a record is not well-formed (${thrown.message})` : 'a record is not well-formed',
    );
  }
}

function parsePerson(value: Record<string, unknown>): PersonRow {
  return { id: id(value['id']), name: cleanName(text(value['name'])), createdAt: number(value['createdAt']) };
}

function parseFace(value: Record<string, unknown>, body: Bytes): FaceRow {
  const length = number(value['vectorLength']);
  if (!Number.isInteger(length) || length < 1 || length * 4 > body.length)
    throw new Error('the embedding is not whole');
  const vector = new Float32Array(body.slice(0, length * 4).buffer);
  if (!vector.every(Number.isFinite)) throw new Error('the embedding holds no numbers');
  const crop = object(value['crop']);
  const detection = object(crop['detection']);
  const box = object(detection['box']);
  const point = (each: unknown) => ({ x: number(object(each)['x']), y: number(object(each)['y']) });
  const [a, b, c, d, e, ...more] = Array.isArray(detection['points']) ? detection['points'].map(point) : [];
  if (!a || !b || !c || !d || !e || more.length > 0) throw new Error('a face has five points');
  const quality = object(value['quality']);
  const source = object(value['source']);
  const kind = source['kind'];
  if (kind !== 'picture' && kind !== 'camera' && kind !== 'sample') throw new Error('a source of an unknown kind');
  const type = text(crop['type']);
  if (!/^image\/[\w.+-]+$/.test(type)) throw new Error('a crop is no picture');
  return {
    id: id(value['id']),
    personId: id(value['personId']),
    createdAt: number(value['createdAt']),
    embedding: { modelId: text(value['modelId']), vector },
    quality: {
      size: number(quality['size']),
      sharpness: number(quality['sharpness']),
      brightness: number(quality['brightness']),
    },
    source: { kind, name: text(source['name']) },
    crop: {
      scale: number(crop['scale']),
      type,
      bytes: body.slice(length * 4).buffer,
      detection: {
        box: { x0: number(box['x0']), y0: number(box['y0']), x1: number(box['x1']), y1: number(box['y1']) },
        score: number(detection['score']),
        points: [a, b, c, d, e],
      },
    },
  };
}

const one = <T extends string>(value: unknown, of: readonly T[]): T => {
  const found = of.find((each) => each === value);
  if (found === undefined) throw new Error('a setting has no such value');
  return found;
};

/** Settings of later versions are left out, those that are missing keep their defaults. */
function parseSettings(value: Record<string, unknown>): Partial<Settings> {
  const { model, backend, precision, far, mirrorCamera } = value;
  return {
    ...(model !== undefined && { model: model === null ? null : text(model) }),
    ...(backend !== undefined && { backend: one(backend, ['auto', 'wasm', 'webgpu']) }),
    ...(precision !== undefined && { precision: one(precision, ['auto', 'float32', 'float16', 'int8']) }),
    ...(far !== undefined && { far: far === null ? null : number(far) }),
    ...(typeof mirrorCamera === 'boolean' && { mirrorCamera }),
  };
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('a part is missing');
  return { ...value };
}
function number(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error('a number is missing');
  return value;
}
function text(value: unknown): string {
  if (typeof value !== 'string' || value.length > 1000) throw new Error('a text is missing');
  return value;
}
function id(value: unknown): string {
  const given = text(value);
  if (given === '') throw new Error('an id is empty');
  return given;
}
