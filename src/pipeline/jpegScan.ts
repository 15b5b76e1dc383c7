/**
 * Whether a JPEG without an end marker is complete. Phones and panorama programs write such files: the last two bytes are
 * missing, or replaced by the maker's own data. Only counting the blocks of the entropy-coded data distinguishes them from
 * files that were cut off (ITU-T T.81, F.2 for the Huffman codes).
 */

export interface JpegComponent {
  readonly id: number;
  readonly across: number;
  readonly down: number;
}

/** What the frame header (SOF) says. */
export interface JpegFrame {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  /** Huffman-coded; arithmetic coding and lossless JPEG are not read here. */
  readonly huffman: boolean;
  readonly components: readonly JpegComponent[];
}

/** Of each code length: one more than the largest code, and where its symbols begin less its smallest code. */
interface HuffmanTable {
  readonly ends: Int32Array;
  readonly offsets: Int32Array;
  readonly symbols: Uint8Array;
}

export interface JpegTables {
  /** By class (0: DC, 1: AC) · 16 + destination. */
  readonly huffman: Map<number, HuffmanTable>;
  restartInterval: number;
}

/** Longest Huffman code, bits. */
const MOST_BITS = 16;

/** A scan header (SOS) and the tables in force where its data begins. */
export interface JpegScan {
  readonly start: number;
  readonly segment: Uint8Array;
  readonly tables: JpegTables;
}

export function copyOf({ huffman, restartInterval }: JpegTables): JpegTables {
  return { huffman: new Map(huffman), restartInterval };
}

/**
 * Where a JPEG's entropy-coded data ends, if its scans hold the whole picture; null where part of it is missing. Of a
 * progressive one the last passes only sharpen what is there: it is whole once every component's detail is there to
 * within one bit, and ends with the file.
 */
export function endOfScans(bytes: Uint8Array, frame: JpegFrame, scans: readonly JpegScan[]): number | null {
  if (frame.progressive) return hasLastPasses(frame, scans) ? bytes.length : null;
  if (!frame.huffman) return null;
  const seen = new Set<number>();
  for (const { start, segment, tables } of scans) {
    const end = sequentialScanEnd(bytes, start, segment, frame, tables);
    if (end === null) return null;
    for (let i = 0; i < (segment[0] ?? 0); i++) seen.add(segment[1 + 2 * i]!);
    if (frame.components.every(({ id }) => seen.has(id))) return end;
  }
  return null;
}

/** Whether each component's detail, up to the highest frequency, is there to within its last bit (Al at most 1). */
function hasLastPasses({ components }: JpegFrame, scans: readonly JpegScan[]): boolean {
  const finished = scans.slice(0, -1); // the last one may have been cut at its very beginning
  const lastPass = ({ segment }: JpegScan, id: number): boolean => {
    const count = segment[0] ?? 0;
    const ids = Array.from({ length: count }, (_, i) => segment[1 + 2 * i]);
    const [highest, bits] = [segment[2 + 2 * count] ?? 0, (segment[3 + 2 * count] ?? 0) & 15];
    return ids.includes(id) && highest === 63 && bits <= 1;
  };
  return components.every(({ id }) => finished.some((scan) => lastPass(scan, id)));
}

/** Reads the tables of a DHT segment's contents into `tables`. */
export function readHuffmanTables(segment: Uint8Array, tables: JpegTables): void {
  let at = 0;
  while (at + 1 + MOST_BITS <= segment.length) {
    const key = segment[at]!;
    const counts = segment.subarray(at + 1, at + 1 + MOST_BITS);
    at += 1 + MOST_BITS;
    const [ends, offsets] = [new Int32Array(MOST_BITS + 1), new Int32Array(MOST_BITS + 1)];
    let code = 0;
    let total = 0;
    for (let bits = 1; bits <= MOST_BITS; bits++) {
      offsets[bits] = total - code;
      code += counts[bits - 1]!;
      total += counts[bits - 1]!;
      ends[bits] = code;
      code <<= 1;
    }
    tables.huffman.set(key, { ends, offsets, symbols: segment.slice(at, at + total) });
    at += total;
  }
}

/** The frame header in a SOF segment's contents; null where it is cut off or has no component. */
export function readFrame(marker: number, segment: Uint8Array): JpegFrame | null {
  const count = segment[5] ?? 0;
  if (count === 0 || segment.length < 6 + 3 * count) return null;
  const components = Array.from({ length: count }, (_, i): JpegComponent => {
    const factors = segment[7 + 3 * i]!;
    return { id: segment[6 + 3 * i]!, across: factors >> 4 || 1, down: factors & 15 || 1 };
  });
  return {
    height: (segment[1]! << 8) | segment[2]!,
    width: (segment[3]! << 8) | segment[4]!,
    progressive: marker === 0xc2,
    huffman: marker <= 0xc2,
    components,
  };
}

/**
 * Where the entropy-coded data of a sequential scan ends that holds all its blocks, or null where the file ends before.
 * `segment`: the contents of its SOS segment; the data begins at `start`.
 */
function sequentialScanEnd(
  bytes: Uint8Array,
  start: number,
  segment: Uint8Array,
  frame: JpegFrame,
  tables: JpegTables,
): number | null {
  const parts = scanComponents(segment, frame, tables);
  if (!parts) return null;
  const reader = new BitReader(bytes, start);
  const units = scanUnits(parts, frame);
  for (let unit = 0; unit < units.count; unit++) {
    if (tables.restartInterval > 0 && unit > 0 && unit % tables.restartInterval === 0 && !reader.restart()) return null;
    for (const { blocks, dc, ac } of parts)
      for (let block = 0; block < (units.interleaved ? blocks : 1); block++)
        if (!skipBlock(reader, dc, ac)) return null;
  }
  return reader.end();
}

interface ScanPart {
  readonly component: JpegComponent;
  /** Blocks of an interleaved unit. */
  readonly blocks: number;
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
}

function scanComponents(segment: Uint8Array, frame: JpegFrame, tables: JpegTables): ScanPart[] | null {
  const parts: ScanPart[] = [];
  for (let i = 0; i < (segment[0] ?? 0); i++) {
    const component = frame.components.find(({ id }) => id === segment[1 + 2 * i]);
    const choice = segment[2 + 2 * i] ?? 0;
    const [dc, ac] = [tables.huffman.get(choice >> 4), tables.huffman.get(16 + (choice & 15))];
    if (!component || !dc || !ac) return null;
    parts.push({ component, blocks: component.across * component.down, dc, ac });
  }
  return parts.length > 0 ? parts : null;
}

/** A scan of one component counts its own blocks, one of several counts units of all of them (A.2). */
function scanUnits(parts: readonly ScanPart[], { width, height, components }: JpegFrame) {
  const across = Math.max(...components.map((component) => component.across));
  const down = Math.max(...components.map((component) => component.down));
  const [only] = parts;
  if (parts.length > 1)
    return { interleaved: true, count: Math.ceil(width / (8 * across)) * Math.ceil(height / (8 * down)) };
  const columns = Math.ceil(Math.ceil((width * only!.component.across) / across) / 8);
  const rows = Math.ceil(Math.ceil((height * only!.component.down) / down) / 8);
  return { interleaved: false, count: columns * rows };
}

/** Reads past one block of 64 coefficients; false where the data ends or is no code of the table. */
function skipBlock(reader: BitReader, dc: HuffmanTable, ac: HuffmanTable): boolean {
  const size = reader.symbol(dc);
  if (size === null || !reader.skip(size)) return false;
  for (let k = 1; k < 64; k++) {
    const symbol = reader.symbol(ac);
    if (symbol === null) return false;
    const bits = symbol & 15;
    if (bits === 0 && symbol !== 0xf0) return true; // end of block
    k += symbol >> 4;
    if (!reader.skip(bits)) return false;
  }
  return true;
}

/** Bits of entropy-coded data, stuffed zeros left out, up to the next marker or the end of the file. */
class BitReader {
  private current = 0;
  private count = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {}

  symbol({ ends, offsets, symbols }: HuffmanTable): number | null {
    let code = 0;
    for (let bits = 1; bits <= MOST_BITS; bits++) {
      if (this.count === 0 && !this.fill()) return null;
      code = (code << 1) | ((this.current >> --this.count) & 1);
      if (code < ends[bits]!) return symbols[offsets[bits]! + code] ?? null;
    }
    return null;
  }

  skip(bits: number): boolean {
    while (bits > this.count) {
      bits -= this.count;
      this.count = 0;
      if (!this.fill()) return false;
    }
    this.count -= bits;
    return true;
  }

  /** Goes past the restart marker that must follow. */
  restart(): boolean {
    this.count = 0;
    const marker = this.bytes[this.at + 1] ?? 0;
    if (this.bytes[this.at] !== 0xff || marker < 0xd0 || marker > 0xd7) return false;
    this.at += 2;
    return true;
  }

  end(): number {
    return this.at;
  }

  private fill(): boolean {
    const byte = this.bytes[this.at];
    if (byte === undefined) return false;
    if (byte === 0xff) {
      if (this.bytes[this.at + 1] !== 0) return false; // a marker, or the end of the file
      this.at++;
    }
    this.at++;
    this.current = byte;
    this.count = 8;
    return true;
  }
}
