/** Reads fields of a backup's JSON. Each throws an Error that says in words what is wrong. */
import type { Box, CropDetection, FaceQuality } from '../../core/types';

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

export function imageType(value: unknown): string {
  const type = text(value);
  if (!/^image\/[\w.+-]+$/.test(type)) throw new Error('a crop is no picture');
  return type;
}
export function box<Space extends 'image' | 'crop'>(value: unknown): Box<Space> {
  const { x0, y0, x1, y1 } = object(value);
  return { x0: number(x0), y0: number(y0), x1: number(x1), y1: number(y1) };
}
export function quality(value: unknown): FaceQuality {
  const { size, sharpness, brightness } = object(value);
  return { size: number(size), sharpness: number(sharpness), brightness: number(brightness) };
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
  const point = (each: unknown) => ({ x: number(object(each)['x']), y: number(object(each)['y']) });
  const [a, b, c, d, e, ...more] = Array.isArray(detection['points']) ? detection['points'].map(point) : [];
  if (!a || !b || !c || !d || !e || more.length > 0) throw new Error('a face has five points');
  return {
    scale: number(crop['scale']),
    type: imageType(crop['type']),
    detection: { box: box(detection['box']), score: number(detection['score']), points: [a, b, c, d, e] },
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
