/** 1200 → “1,200”. */
export const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 1 → “1 face”, 2 → “2 faces”. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${WHOLE.format(n)} ${n === 1 ? one : many}`;
}

/** 3 of 1200 → “3 of 1,200 faces”. */
export function countOf(done: number, total: number, one: string, many?: string): string {
  return `${WHOLE.format(done)} of ${count(total, one, many)}`;
}

/** .001 → “1 in 1,000”. */
export function oneIn(rate: number): string {
  return `1 in ${WHOLE.format(1 / rate)}`;
}
