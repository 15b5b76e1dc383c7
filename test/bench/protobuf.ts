/** Writes Protocol Buffers' wire format: as much of it as an ONNX file needs. */
export class ProtoWriter {
  private readonly parts: Uint8Array[] = [];
  private length = 0;

  /** A whole number, never negative (ONNX's `int64` fields here are sizes and enum values). */
  int(field: number, value: number): this {
    return this.push(varint(field * 8)).push(varint(value));
  }

  float(field: number, value: number): this {
    return this.push(varint(field * 8 + 5)).push(new Uint8Array(new Float32Array([value]).buffer));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.push(varint(field * 8 + 2))
      .push(varint(value.length))
      .push(value);
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, fill: (writer: ProtoWriter) => void): this {
    const inner = new ProtoWriter();
    fill(inner);
    return this.bytes(field, inner.finish());
  }

  /** The fields of `other` after those written so far: fields may come in any order, and those of one number in theirs. */
  append(other: ProtoWriter): this {
    return this.push(other.finish());
  }

  finish(): Uint8Array {
    const all = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  private push(part: Uint8Array): this {
    this.parts.push(part);
    this.length += part.length;
    return this;
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
