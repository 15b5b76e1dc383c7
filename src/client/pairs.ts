/** What `FaceNet.evaluate` is given, as the operation `benchmark` takes it. */
import type { BenchmarkOptions, BenchmarkRequest } from '../../workers/protocol';

/** Two pictures by their names, and whether they show one person. */
export interface PicturePair {
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
  /** Of the cross-validation; left out in all pairs, they are dealt out evenly. */
  readonly fold?: number;
}

/** Pairs, or the text or file of a list of them: LFW's `pairs.txt`, or a CSV `a,b,same[,fold]`. */
export type PairsInput = readonly PicturePair[] | string | Blob;

/** The pictures by name, or an archive of them: `.tar`, `.tar.gz`, `.zip`. */
export type PairPictures = Readonly<Record<string, Blob>> | File;

const DEFAULTS: BenchmarkOptions = {
  ...{ distance: 'euclidean', subtractMean: false, far: 0.001 },
  ...{ flip: false, noFace: 'centre-crop' },
};
const MOST_FOLDS = 10;

export function benchmarkRequest(
  pairs: PairsInput,
  pictures: PairPictures,
  options: Partial<BenchmarkOptions>,
): BenchmarkRequest {
  const list = typeof pairs === 'string' || pairs instanceof Blob ? pairs : csvOf(pairs);
  const file = list instanceof Blob ? list : new Blob([list]);
  const name = file instanceof File ? file.name : 'the pairs';
  return {
    pairs: { name, file },
    pictures:
      pictures instanceof Blob
        ? { kind: 'archive', name: pictures.name, file: pictures }
        : {
            kind: 'folder',
            name: 'the pictures',
            files: Object.entries(pictures).map(([path, picture]) => ({ path, file: picture })),
          },
    options: { ...DEFAULTS, ...options },
  };
}

/** Pairs of each kind are dealt out in turn, into no more folds than there are pairs of the rarer kind. */
function csvOf(pairs: readonly PicturePair[]): string {
  const same = pairs.filter((pair) => pair.same).length;
  const folds = Math.max(1, Math.min(MOST_FOLDS, same, pairs.length - same));
  const dealt = { true: 0, false: 0 };
  const lines = pairs.map(({ a, b, same, fold }) => {
    const own = fold ?? dealt[`${same}`]++ % folds;
    return `${field(a)},${field(b)},${same ? 1 : 0},${own}`;
  });
  return `a,b,same,fold\n${lines.join('\n')}\n`;
}

function field(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
