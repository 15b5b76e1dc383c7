/** A face of a sample picture: whose it is (`edward-lu`), and its box in the picture's pixels: left, top, right, bottom. */
export interface TruthFace {
  readonly name: string;
  readonly box: readonly [number, number, number, number];
}

/** By the picture's file name. */
export type Truth = Readonly<Record<string, { readonly faces: readonly TruthFace[] }>>;

/** What the sample pictures show. Throws what `fetch` throws. */
export async function sampleTruth(signal: AbortSignal): Promise<Truth> {
  return (await (await fetch('samples/truth.json', { signal })).json()) as Truth;
}
