/** What the page asks of each worker. */
export interface CropOps {
  /** Loads the networks; `variants` are named as in VARIANTS, those in `flipped` are embedded flipped too. Answers with the names of each picture's vectors. */
  start: {
    req: { precision: 'float32' | 'int8'; variants: string[]; flipped: string[] };
    res: string[];
    progress: never;
  };
  /** Each picture's embeddings, one a name, joined; null where no face was found. */
  embed: { req: { pictures: { blob: Blob; name: string }[] }; res: (Float32Array | null)[]; progress: never };
}
