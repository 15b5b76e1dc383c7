/** Bytes as text in base64, and back. */

/** Arguments per call: their number is limited. */
const PART = 0x8000;

/** Numbers as their bytes in memory: little-endian on every machine that runs this. */
export function toBase64({ buffer, byteOffset, byteLength }: Uint8Array | Float32Array): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += PART) parts.push(String.fromCharCode(...bytes.subarray(at, at + PART)));
  return btoa(parts.join(''));
}

/** Null for text that is not base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}
