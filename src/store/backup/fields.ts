/** Reads fields of a backup's JSON. Each throws an Error that says in words what is wrong. */
import type { Box, CohortMean, CropDetection, Embedding, FaceQuality } from '../../core/types';

export type Bytes = Uint8Array<ArrayBuffer>;
export type Fields = Record<string, unknown>;

export function object(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('a part is missing');
  return { ...value };
}
export function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error('a list is missing');
  return value;
}
export function number(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error('a number is missing');
  return value;
}
export function between(value: unknown, low: number, high: number): number {
  const given = number(value);
  if (given < low || given > high) throw new Error('a number is out of its range');
  return given;
}
export function count(value: unknown, most = 1e9): number {
  const given = between(value, 0, most);
  if (!Number.isInteger(given)) throw new Error('a count is not whole');
  return given;
}
/** Milliseconds since 1970, as far as dates go. */
export function date(value: unknown): number {
  return between(value, -8.64e15, 8.64e15);
}
/** Pixels of a picture, which a face may overlap. */
function coordinate(value: unknown): number {
  return between(value, -1e6, 1e6);
}
export function flag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new Error('a yes or no is missing');
  return value;
}
export function text(value: unknown, most = 1000): string {
  if (typeof value !== 'string' || value.length > most) throw new Error('a text is missing');
  return value;
}
export function id(value: unknown): string {
  const given = text(value);
  if (given === '') throw new Error('an id is empty');
  return given;
}
export function orNull<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === null ? null : read(value);
}
export function oneOf<T extends string>(value: unknown, of: readonly T[]): T {
  const found = of.find((each) => each === value);
  if (found === undefined) throw new Error('a setting has no such value');
  return found;
}

/** What the app writes; an SVG, for one, is a document. */
const PICTURES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp']);

export function imageType(value: unknown): string {
  const type = text(value);
  if (!PICTURES.has(type)) throw new Error('a crop is no picture');
  return type;
}
export function box<Space extends 'image' | 'crop'>(value: unknown): Box<Space> {
  const { x0, y0, x1, y1 } = object(value);
  const read = { x0: coordinate(x0), y0: coordinate(y0), x1: coordinate(x1), y1: coordinate(y1) };
  if (read.x0 > read.x1 || read.y0 > read.y1) throw new Error('a box is turned inside out');
  return read;
}
export function quality(value: unknown): FaceQuality {
  const { size, sharpness, brightness } = object(value);
  return {
    size: between(size, 0, 1e6),
    sharpness: between(sharpness, 0, 1e9),
    brightness: between(brightness, 0, 255),
  };
}

/** A stored crop but for its picture. */
export interface CropFields {
  readonly scale: number;
  readonly type: string;
  readonly detection: CropDetection;
}
export function cropFields(value: unknown): CropFields {
  const crop = object(value);
  const detection = object(crop['detection']);
  const point = (each: unknown) => ({ x: coordinate(object(each)['x']), y: coordinate(object(each)['y']) });
  const [a, b, c, d, e, ...more] = Array.isArray(detection['points']) ? detection['points'].map(point) : [];
  if (!a || !b || !c || !d || !e || more.length > 0) throw new Error('a face has five points');
  return {
    scale: between(crop['scale'], 1e-6, 1e6),
    type: imageType(crop['type']),
    detection: { box: box(detection['box']), score: between(detection['score'], 0, 1.001), points: [a, b, c, d, e] },
  };
}

/** An embedding's numbers (float32, little-endian as all machines are that run browsers) and what lies behind them. */
export function splitVector(length: unknown, body: Bytes): { vector: Float32Array; rest: ArrayBuffer } {
  const count = number(length);
  if (!Number.isInteger(count) || count < 1 || count * 4 > body.length) throw new Error('the embedding is not whole');
  const vector = new Float32Array(body.slice(0, count * 4).buffer);
  if (!vector.every(Number.isFinite)) throw new Error('the embedding holds no numbers');
  return { vector, rest: body.slice(count * 4).buffer };
}
export function joinVector(vector: Float32Array, picture: ArrayBuffer): Bytes {
  const numbers = new Uint8Array(vector.slice().buffer);
  const body = new Uint8Array(numbers.length + picture.byteLength);
  body.set(numbers);
  body.set(new Uint8Array(picture), numbers.length);
  return body;
}

/** What a record's JSON says of its embedding; the numbers themselves are in the body. */
export function embeddingFields({ modelId, vector, cohortMean: mean }: Embedding) {
  return { modelId, vectorLength: vector.length, cohortMean: mean ?? null };
}
/** An embedding of such fields and the numbers. Backups of earlier versions have no cohort means. */
export function embedding(value: Fields, vector: Float32Array): Embedding {
  const mean = orNull(value['cohortMean'] ?? null, cohortMean);
  return { modelId: text(value['modelId']), vector, ...(mean && { cohortMean: mean }) };
}
/** A mean of cosines. */
function cohortMean(value: unknown): CohortMean {
  const { cohort, mean } = object(value);
  return { cohort: id(cohort), mean: between(mean, -1, 1) };
}
