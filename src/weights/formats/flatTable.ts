import { badFormat } from './array';

/**
 * One table of a FlatBuffers file, whose every step is checked to stay within it: fields by their place in the schema,
 * absent ones by the schema's default. Throws `weights/bad-format`.
 */
export class FlatTable {
  private readonly fields: number;

  private constructor(
    private readonly view: DataView,
    private readonly file: string,
    private readonly at: number,
  ) {
    this.fields = at - view.getInt32(this.inside(at, 4), true);
    this.inside(this.fields, this.view.getUint16(this.inside(this.fields, 4), true));
  }

  static root(bytes: Uint8Array, file: string): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view.byteLength < 8) throw badFormat(file, 'it is too short');
    return new FlatTable(view, file, view.getUint32(0, true));
  }

  byte(field: number): number {
    const at = this.place(field, 1);
    return at === null ? 0 : this.view.getInt8(at);
  }

  int(field: number): number {
    const at = this.place(field, 4);
    return at === null ? 0 : this.view.getInt32(at, true);
  }

  has(field: number): boolean {
    return this.place(field, 1) !== null;
  }

  text(field: number): string {
    const bytes = this.bytes(field);
    return bytes ? new TextDecoder().decode(bytes.subarray(0, MAX_TEXT)) : '';
  }

  /** The bytes of a vector of bytes, not copied; null where there is none. */
  bytes(field: number): Uint8Array | null {
    const vector = this.vector(field, 1);
    return vector && new Uint8Array(this.view.buffer, this.view.byteOffset + vector.start, vector.count);
  }

  /** At most `most` whole numbers: many tables may share one vector, so that each must be short. */
  ints(field: number, most: number): number[] {
    return this.numbers(field, 4, most, (at) => this.view.getInt32(at, true));
  }

  floats(field: number, most: number): number[] {
    return this.numbers(field, 4, most, (at) => this.view.getFloat32(at, true));
  }

  /** Whole numbers of 64 bits, as far as a double holds them. */
  longs(field: number, most: number): number[] {
    return this.numbers(field, 8, most, (at) => Number(this.view.getBigInt64(at, true)));
  }

  table(field: number): FlatTable | null {
    const at = this.place(field, 4);
    return at === null ? null : this.follow(at);
  }

  tables(field: number): FlatTable[] {
    const vector = this.vector(field, 4);
    return Array.from({ length: vector?.count ?? 0 }, (_, i) => this.follow(vector!.start + 4 * i));
  }

  private numbers(field: number, size: number, most: number, read: (at: number) => number): number[] {
    const vector = this.vector(field, size);
    if (!vector) return [];
    if (vector.count > most) throw badFormat(this.file, `a list of ${vector.count} numbers`);
    return Array.from({ length: vector.count }, (_, i) => read(vector.start + size * i));
  }

  private follow(at: number): FlatTable {
    return new FlatTable(this.view, this.file, at + this.view.getUint32(at, true));
  }

  private vector(field: number, size: number): { readonly start: number; readonly count: number } | null {
    const at = this.place(field, 4);
    if (at === null) return null;
    const length = at + this.view.getUint32(at, true);
    const count = this.view.getUint32(this.inside(length, 4), true);
    return { start: this.inside(length + 4, count * size), count };
  }

  /** Where a field's `size` bytes lie; null where the table leaves it out. */
  private place(field: number, size: number): number | null {
    const entry = 4 + 2 * field;
    if (entry + 2 > this.view.getUint16(this.fields, true)) return null;
    const offset = this.view.getUint16(this.fields + entry, true);
    return offset === 0 ? null : this.inside(this.at + offset, size);
  }

  private inside(at: number, size: number): number {
    if (at < 0 || at + size > this.view.byteLength)
      throw badFormat(this.file, 'it is cut off or damaged: something that it names lies beyond its end');
    return at;
  }
}

const MAX_TEXT = 1024;
