import { badValue } from '../../../core/errors';
import { centreThreshold, filterByCentre } from '../../../train/split';
import { readText } from '../diskReason';
import { peopleOf, type Labelled } from './people';
import type { PictureFile } from '../pictures';

/** What `filter-metrics` writes: how far each picture's embedding lies from the centre of its person's. */
export interface CentreFile {
  /** The embedder's id. */
  readonly model: string;
  readonly pictures: readonly CentreDistance[];
}

export interface CentreDistance {
  /** The class folder. */
  readonly label: string;
  /** Below the folder that was named, with `/`. */
  readonly picture: string;
  /** Plain Euclidean, to the mean of the person's embeddings. */
  readonly distance: number;
}

export interface CentreFilter {
  /** 0–100: pictures at this percentile of the file's distances or beyond are left out. */
  readonly percentile: number;
  /** Persons with fewer pictures left are left out too. */
  readonly least: number;
}

export interface Filtered {
  readonly files: PictureFile[];
  /** Left out for their distance, and with persons who had too few left. */
  readonly far: number;
  readonly few: number;
  /** Not in the file: kept, as the original does. */
  readonly unknown: number;
}

/** Throws `harness/no-such-file`, `config/bad-value`. */
export async function readCentreFile(path: string): Promise<CentreFile> {
  const text = await readText(path);
  const bad = (reason: string) => badValue('--filter', path, reason);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad('it is no JSON, or cut off');
  }
  if (!isCentreFile(value)) throw bad('it was not written by `facenet-web filter-metrics`');
  return value;
}

/** The pictures that a training keeps, known by their path below the folder; the ending may differ (`align`: PNG). */
export function filterPictures(
  files: readonly PictureFile[],
  { pictures }: CentreFile,
  { percentile, least }: CentreFilter,
): Filtered {
  const known = new Map<string, number>();
  for (const { picture, distance } of pictures) {
    known.set(picture, distance);
    const short = withoutEnding(picture);
    if (!known.has(short)) known.set(short, distance);
  }
  const threshold = centreThreshold(
    Float64Array.from(pictures, ({ distance }) => distance),
    percentile,
  );
  const distanceOf = ({ inside }: PictureFile) => known.get(inside) ?? known.get(withoutEnding(inside));
  const all: Labelled = peopleOf(files);
  const distances = Float64Array.from(all.files, (file) => distanceOf(file) ?? -Infinity);
  const kept = filterByCentre(distances, Int32Array.from(all.labels), { threshold, least });
  const far = distances.filter((distance) => distance >= threshold).length;
  return {
    files: kept.map((i) => all.files[i]!),
    far,
    few: all.files.length - far - kept.length,
    unknown: distances.filter((distance) => distance === -Infinity).length,
  };
}

function withoutEnding(path: string): string {
  return path.replace(/\.[^./]+$/, '');
}

function isCentreFile(value: unknown): value is CentreFile {
  if (typeof value !== 'object' || value === null || !('pictures' in value) || !Array.isArray(value.pictures))
    return false;
  return value.pictures.every((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return false;
    const { picture, distance } = entry as Partial<CentreDistance>;
    return typeof picture === 'string' && typeof distance === 'number' && Number.isFinite(distance);
  });
}
