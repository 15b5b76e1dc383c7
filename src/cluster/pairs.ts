import type { Points } from './points';

/** Rows and columns of the square of dot products computed at a time: small enough for the cache. */
const BLOCK = 32;

/** Place of the pair i < j of `n` in a condensed matrix: rows of the upper triangle, one after the other. */
export function condensedIndex(n: number, i: number, j: number): number {
  return i * n - (i * (i + 1)) / 2 + (j - i - 1);
}

/**
 * Calls `visit(i, j, a · b)` for each pair i < j, block by block: within a block rows ascend, and for a row columns ascend.
 * Four rows by two columns at once keep the numbers in registers.
 */
export function eachDot({ count, size, vectors }: Points, visit: (i: number, j: number, dot: number) => void): void {
  for (let rowStart = 0; rowStart < count; rowStart += BLOCK) {
    const rowEnd = Math.min(rowStart + BLOCK, count);
    for (let colStart = rowStart; colStart < count; colStart += BLOCK) {
      const colEnd = Math.min(colStart + BLOCK, count);
      blockDots(vectors, size, rowStart, rowEnd, colStart, colEnd, visit);
    }
  }
}

function blockDots(
  v: Float32Array,
  size: number,
  rowStart: number,
  rowEnd: number,
  colStart: number,
  colEnd: number,
  visit: (i: number, j: number, dot: number) => void,
): void {
  for (let i = rowStart; i < rowEnd; i += 4) {
    const a0 = i * size;
    // Rows beyond the end repeat the last one and are not visited.
    const a1 = Math.min(i + 1, rowEnd - 1) * size;
    const a2 = Math.min(i + 2, rowEnd - 1) * size;
    const a3 = Math.min(i + 3, rowEnd - 1) * size;
    const rows = Math.min(4, rowEnd - i);
    for (let j = Math.max(colStart, i + 1); j < colEnd; j += 2) {
      const b0 = j * size;
      const second = j + 1 < colEnd;
      const b1 = second ? b0 + size : b0;
      let [s00, s10, s20, s30, s01, s11, s21, s31] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let k = 0; k < size; k++) {
        const x = v[b0 + k]!;
        const y = v[b1 + k]!;
        const p = v[a0 + k]!;
        const q = v[a1 + k]!;
        const r = v[a2 + k]!;
        const s = v[a3 + k]!;
        s00 += p * x;
        s10 += q * x;
        s20 += r * x;
        s30 += s * x;
        s01 += p * y;
        s11 += q * y;
        s21 += r * y;
        s31 += s * y;
      }
      visit(i, j, s00);
      if (rows > 1 && j > i + 1) visit(i + 1, j, s10);
      if (rows > 2 && j > i + 2) visit(i + 2, j, s20);
      if (rows > 3 && j > i + 3) visit(i + 3, j, s30);
      if (!second) continue;
      visit(i, j + 1, s01);
      if (rows > 1) visit(i + 1, j + 1, s11);
      if (rows > 2 && j + 1 > i + 2) visit(i + 2, j + 1, s21);
      if (rows > 3 && j + 1 > i + 3) visit(i + 3, j + 1, s31);
    }
  }
}
