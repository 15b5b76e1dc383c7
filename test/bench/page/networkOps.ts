/** What the page asks of the worker that runs single networks, ours and the peers'. */
export interface NetworkOps {
  /** Loads, checks every network's output against onnxruntime's, and answers with those that may be timed. */
  prepare: {
    req: {
      readonly threads: number;
      /** Faces cut out for each embedder, [n, size, size, 3], 0–255. */
      readonly facenetFaces: Float32Array;
      readonly embeddedFaces: Float32Array;
    };
    res: { readonly rows: readonly { readonly name: string; readonly batch: number }[]; readonly notes: string[] };
    progress: never;
  };
  /** One call of one network: milliseconds. */
  run: { req: { readonly name: string }; res: number; progress: never };
}
