import type { BenchmarkRequest } from '../../client/types';
import {
  fetchSample,
  pictureUrl,
  portraitUrl,
  SAMPLE_PICTURES,
  SAMPLE_PORTRAITS,
  sampleTruth,
  type TruthFace,
} from '../shell/sampleFiles';

/** A picture of one person, by its path in the list of pairs. */
export interface SampleFace {
  readonly person: string;
  readonly path: string;
}

/** Side of a cut-out in lengths of the face's longer side: as much context as in LFW. */
const CONTEXT = 2.2;
/** Pixels, as in LFW. Smaller cut-outs are not enlarged. */
const LARGEST = 250;
const FOLDS = 2;

/** CSV: all pairs of one person; each non-portrait with another's portrait. Folds share no person. Deterministic. */
export function samplePairs(portraits: readonly SampleFace[], others: readonly SampleFace[]): string {
  const all = [...portraits, ...others];
  const people = [...new Set(all.map(({ person }) => person))].sort();
  const foldOf = (person: string): number => people.indexOf(person) % FOLDS;
  const same = all.flatMap((face, i) =>
    all.slice(i + 1).flatMap((other) => (other.person === face.person ? [[face, other, 1] as const] : [])),
  );
  const different = others.flatMap((face, i) => {
    const strangers = portraits.filter(
      ({ person }) => person !== face.person && foldOf(person) === foldOf(face.person),
    );
    const other = strangers[i % strangers.length];
    return other ? [[face, other, 0] as const] : [];
  });
  const lines = [...same, ...different].map(([a, b, answer]) => [a.path, b.path, answer, foldOf(a.person)].join(','));
  return ['a,b,same,fold', ...lines, ''].join('\n');
}

/**
 * The sample portraits and the faces cut out of the crew pictures, with their list of pairs. Throws
 * `app/sample-missing`, and what `fetch` and the browser's decoder throw.
 */
export async function sampleBenchmark(signal: AbortSignal): Promise<Pick<BenchmarkRequest, 'pictures' | 'pairs'>> {
  const portraits = await Promise.all(
    SAMPLE_PORTRAITS.map(async (name) => {
      const url = portraitUrl(name);
      const file = await fetchSample(url, name, signal);
      return { person: fileName(url), path: `portraits/${fileName(url)}.jpg`, file };
    }),
  );
  const truth = await sampleTruth(signal);
  const crews = await Promise.all(
    SAMPLE_PICTURES.map(async (picture) => {
      const blob = await fetchSample(pictureUrl(picture), picture, signal);
      const files = await cutFaces(blob, truth[picture]?.faces ?? []);
      return files.map(({ name, file }) => ({ person: name, path: `${fileName(picture)}/${name}.jpg`, file }));
    }),
  );
  const others = crews.flat();
  return {
    pictures: { kind: 'folder', name: 'sample pictures', files: [...portraits, ...others] },
    pairs: { name: 'sample-pairs.csv', file: new Blob([samplePairs(portraits, others)]) },
  };
}

/** `samples/portraits/edward-lu.jpg` → `edward-lu`. */
const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/\.jpg$/, '');

async function cutFaces(picture: Blob, faces: readonly TruthFace[]): Promise<{ name: string; file: Blob }[]> {
  const bitmap = await createImageBitmap(picture, { colorSpaceConversion: 'none' });
  try {
    return await Promise.all(faces.map(async ({ name, box }) => ({ name, file: await cutFace(bitmap, box) })));
  } finally {
    bitmap.close();
  }
}

/** A square around the face, black outside of the picture. */
async function cutFace(picture: ImageBitmap, [left, top, right, bottom]: TruthFace['box']): Promise<Blob> {
  const side = CONTEXT * Math.max(right - left, bottom - top);
  const size = Math.round(Math.min(side, LARGEST));
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, (left + right - side) / 2, (top + bottom - side) / 2, side, side, 0, 0, size, size);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 });
}
