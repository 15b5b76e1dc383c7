import { RandomStream } from '../../../core/random';
import { splitByImage } from '../../../train/split';
import { classOf, type PictureFile } from '../pictures';

/** Crops with a class number for each. */
export interface Labelled {
  readonly files: readonly PictureFile[];
  readonly labels: readonly number[];
}

/** The people of class folders, by name; pictures that lie in no folder are nobody's. */
export function peopleOf(files: readonly PictureFile[]): Labelled & { readonly people: readonly string[] } {
  const kept = files.filter((file) => classOf(file) !== '');
  const people = [...new Set(kept.map(classOf))].sort();
  const numberOf = new Map(people.map((name, i) => [name, i]));
  return { people, files: kept, labels: kept.map((file) => numberOf.get(classOf(file))!) };
}

/** Outsiders: a folder is a person, a picture that lies in none a person of its own. */
export function outsidersOf(files: readonly PictureFile[]): Labelled {
  const names = files.map((file) => classOf(file) || file.inside);
  const numberOf = new Map([...new Set(names)].map((name, i) => [name, i]));
  return { files, labels: names.map((name) => numberOf.get(name)!) };
}

export interface SplitOptions {
  /** Share of each person's pictures by which the model is judged, chosen at random. */
  readonly holdOut: number;
  readonly seed: number;
  /** Instead: each person's first so many are learnt, and those from the 11th (or from the next, if more) on judge. */
  readonly trainImages?: number | undefined;
}
const JUDGED_FROM = 10;

/** Which pictures are learnt and which judge. A person's only picture is learnt. */
export function splitPeople({ files, labels }: Labelled, options: SplitOptions): { train: Labelled; held: Labelled } {
  const chosen = options.trainImages === undefined ? atRandom(labels, options) : firstOnes(labels, options.trainImages);
  const part = (indices: readonly number[]): Labelled => ({
    files: indices.map((i) => files[i]!),
    labels: indices.map((i) => labels[i]!),
  });
  return { train: part(chosen.train), held: part(chosen.held) };
}

function atRandom(labels: readonly number[], { holdOut, seed }: SplitOptions) {
  const { train, held } = splitByImage(Int32Array.from(labels), holdOut, new RandomStream(seed).next);
  const used = new Set([...train, ...held]);
  const single = labels.flatMap((_, i) => (used.has(i) ? [] : [i]));
  return { train: [...train, ...single].sort((a, b) => a - b), held };
}

function firstOnes(labels: readonly number[], count: number) {
  const seen = new Map<number, number>();
  const train: number[] = [];
  const held: number[] = [];
  for (const [i, label] of labels.entries()) {
    const place = seen.get(label) ?? 0;
    seen.set(label, place + 1);
    if (place < count) train.push(i);
    else if (place >= JUDGED_FROM) held.push(i);
  }
  return { train, held };
}
