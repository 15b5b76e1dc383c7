/**
 * Small WebAssembly modules written instruction by instruction (core specification 2.0, binary format): SIMD for loops too
 * small for a compiler in the build.
 */

export type Code = readonly (number | Code)[];

/** Value types. */
export const I32 = 0x7f;
export const F64 = 0x7c;
export const V128 = 0x7b;

/** Instructions that several kernels use. */
export const ADD = 0x6a;
export const SUBTRACT = 0x6b;
export const LESS = 0x49; // unsigned
export const LOOP: Code = [0x03, 0x40];
export const END = 0x0b;
/** Back to the beginning of the innermost loop where the value on the stack is not 0. */
export const CONTINUE_IF: Code = [0x0d, 0];

export const get = (local: number): Code => [0x20, local];
export const set = (local: number): Code => [0x21, local];
export const tee = (local: number): Code => [0x22, local];
export const constant = (value: number): Code => [0x41, signed(value)];
/** A SIMD instruction by its number. */
export const simd = (operation: number): Code => [0xfd, unsigned(operation)];
/** The vector at an address, and the vector put there; neither need be aligned. */
export const LOAD: Code = [simd(0), 0, 0];
/** The vector at an address plus an offset, bytes. */
export const loadAt = (offset: number): Code => [simd(0), 0, unsigned(offset)];
/** The 32-bit number at an address plus an offset, four times. */
export const spreadAt = (offset: number): Code => [simd(9), 0, unsigned(offset)];
export const STORE: Code = [simd(11), 0, 0];
export const ZERO: Code = [simd(12), Array<number>(16).fill(0)];

export interface WasmFunction {
  readonly name: string;
  /** Value types; parameters are the first locals. */
  readonly parameters: readonly number[];
  readonly locals: readonly number[];
  readonly body: Code;
}

/** Compiles the functions, none of which returns anything, over `memory`. */
export function instantiate<Name extends string>(
  memory: WebAssembly.Memory,
  functions: readonly (WasmFunction & { readonly name: Name })[],
): Record<Name, (...values: number[]) => void> {
  const module = new WebAssembly.Module(moduleBytes(functions));
  return new WebAssembly.Instance(module, { js: { memory } }).exports as Record<Name, (...values: number[]) => void>;
}

function moduleBytes(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const name = (text: string): Code => [text.length, ...text.split('').map((letter) => letter.charCodeAt(0))];
  const section = (id: number, entries: readonly Code[]): Code => [id, sized([unsigned(entries.length), ...entries])];
  const code: Code = [
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(
      1,
      functions.map(({ parameters }) => [0x60, parameters.length, ...parameters, 0]),
    ),
    section(2, [[name('js'), name('memory'), 2, 0, 1]]),
    section(
      3,
      functions.map((_, index) => [index]),
    ),
    section(
      7,
      functions.map((entry, index) => [name(entry.name), 0, index]),
    ),
    section(
      10,
      functions.map(({ locals, body }) => sized([locals.length, ...locals.map((type) => [1, type]), body, END])),
    ),
  ];
  return Uint8Array.from(code.flat(Infinity as 1) as number[]);
}

function sized(content: Code): Code {
  const bytes = content.flat(Infinity as 1);
  return [unsigned(bytes.length), bytes];
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, unsigned(value >>> 7)];
}

function signed(value: number): Code {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, signed(value >> 7)];
}
