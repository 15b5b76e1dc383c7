import { RandomStream } from '../../../core/random';
import { splitByIdentity, splitByImage } from '../../../train/split';
import { PersonNames } from '../../../core/classFolders';
import { folderPerson, type PictureFile } from '../pictures';

/** Crops with a class number for each. */
export interface Labelled {
  readonly files: readonly PictureFile[];
  readonly labels: readonly number[];
}

/** The people of class folders, by name; pictures that lie in no folder are nobody's. `names` hears of all folders. */
export function peopleOf(
  files: readonly PictureFile[],
  names = new PersonNames(),
): Labelled & { readonly people: readonly string[] } {
  const kept = files.flatMap((file) => {
    const name = folderPerson(file, names);
    return name === null ? [] : [{ file, name }];
  });
  const people = [...new Set(kept.map(({ name }) => name))].sort();
  const numberOf = new Map(people.map((name, i) => [name, i]));
  return { people, files: kept.map(({ file }) => file), labels: kept.map(({ name }) => numberOf.get(name)!) };
}

/** The files person by person, in the order of `people`; those of a person keep theirs. */
export function byPerson({ files, labels }: Labelled): PictureFile[] {
  return [...labels.keys()].sort((a, b) => labels[a]! - labels[b]! || a - b).map((i) => files[i]!);
}

/** Impostors: a folder is a person, a picture that lies in none a person of its own. */
export function impostorsOf(files: readonly PictureFile[]): Labelled {
  const names = new PersonNames();
  // No folder's name has a slash before it.
  const people = files.map((file) => folderPerson(file, names) ?? `/${file.inside}`);
  const numberOf = new Map([...new Set(people)].map((name, i) => [name, i]));
  return { files, labels: people.map((name) => numberOf.get(name)!) };
}

export interface SplitOptions {
  /** Share of each person's pictures, or of the persons, that is held out, chosen at random. */
  readonly holdOut: number;
  readonly seed: number;
  /** Instead: train on each person's first n pictures, and hold out those from the 11th (or from the next, if n is larger). */
  readonly trainImages?: number | undefined;
  /** Hold out whole persons: how well the model tells apart people it was not trained on. */
  readonly holdOutPeople?: boolean | undefined;
}
const HELD_OUT_FROM = 10;

export interface PeopleSplit {
  /** Whom the run trains on, by class number. Persons who are held out as a whole have the numbers after theirs. */
  readonly people: readonly string[];
  readonly train: Labelled;
  readonly heldOut: Labelled;
}

/** Which pictures the run trains on and which are held out. A person's only picture is trained on, unless whole persons are held out. */
export function splitPeople(
  all: Labelled & { readonly people: readonly string[] },
  options: SplitOptions,
): PeopleSplit {
  const { people, files, labels } = all;
  const chosen = choose(labels, options);
  const trained = options.holdOutPeople ? [...new Set(chosen.train.map((i) => labels[i]!))].sort((a, b) => a - b) : [];
  const order = [...new Set([...trained, ...people.keys()])];
  const numberOf = new Map(order.map((label, number) => [label, number]));
  const part = (indices: readonly number[]): Labelled => ({
    files: indices.map((i) => files[i]!),
    labels: indices.map((i) => numberOf.get(labels[i]!)!),
  });
  return {
    people: options.holdOutPeople ? trained.map((label) => people[label]!) : people,
    train: part(chosen.train),
    heldOut: part(chosen.heldOut),
  };
}

function choose(labels: readonly number[], options: SplitOptions) {
  const { holdOut, seed, trainImages, holdOutPeople } = options;
  if (holdOutPeople) return splitByIdentity(Int32Array.from(labels), holdOut, new RandomStream(seed).next);
  return trainImages === undefined ? atRandom(labels, options) : firstOnes(labels, trainImages);
}

function atRandom(labels: readonly number[], { holdOut, seed }: SplitOptions) {
  const { train, heldOut } = splitByImage(Int32Array.from(labels), holdOut, new RandomStream(seed).next);
  const used = new Set([...train, ...heldOut]);
  const single = labels.flatMap((_, i) => (used.has(i) ? [] : [i]));
  return { train: [...train, ...single].sort((a, b) => a - b), heldOut };
}

function firstOnes(labels: readonly number[], count: number) {
  const seen = new Map<number, number>();
  const train: number[] = [];
  const heldOut: number[] = [];
  for (const [i, label] of labels.entries()) {
    const place = seen.get(label) ?? 0;
    seen.set(label, place + 1);
    if (place < count) train.push(i);
    else if (place >= HELD_OUT_FROM) heldOut.push(i);
  }
  return { train, heldOut };
}
