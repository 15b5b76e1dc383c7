import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { count } from '../../../core/count';
import { FaceError } from '../../../core/errors';
import { factsOf, isFileFacts, type FileFacts } from '../fileFacts';
import { inOrder } from '../concurrent';
import type { PictureFile } from '../pictures';
import { writeWhole } from '../writeWhole';
import { peopleOf } from './people';

/** `data.json`: what a run trains on. */
export interface RunData {
  /** In the order of their class numbers. */
  readonly people: readonly string[];
  readonly pictures: readonly RunPicture[];
}

export interface RunPicture extends FileFacts {
  /** Below the data's folder, with `/`: the person's folder first. */
  readonly picture: string;
}

/** What the pictures of a run are now; those that `known` has with the same size and times are not read again. */
export async function runData(files: readonly PictureFile[], known: RunData | null): Promise<RunData> {
  const all = peopleOf(files);
  const before = new Map(known?.pictures.map((picture) => [picture.picture, picture]));
  const pictures: RunPicture[] = [];
  const look = async (file: PictureFile): Promise<RunPicture[]> => {
    const picture = file.inside;
    try {
      return [{ picture, ...(await factsOf(file, before.get(picture))) }];
    } catch {
      return []; // reported where it is cut out or given to the page
    }
  };
  for await (const found of inOrder(all.files, look)) pictures.push(...found);
  return { people: all.people, pictures };
}

/** Writes what a run trains on to `path`; where it `resumes`, it must be the same. Throws `train/other-data`. */
export async function keepRunData(
  path: string,
  files: readonly PictureFile[],
  { folder, resumes }: { readonly folder: string; readonly resumes: boolean },
): Promise<void> {
  const there = resumes ? await dataIn(path) : null;
  const here = await runData(files, there);
  const difference = there && differenceOf(there, here);
  if (difference) throw new FaceError('train/other-data', { folder, difference });
  await writeWhole(path, `${JSON.stringify(here)}\n`);
}

/** Null where there is none, or none that can be read: nothing can then be compared. */
async function dataIn(path: string): Promise<RunData | null> {
  if (!existsSync(path)) return null;
  try {
    const { people, pictures } = JSON.parse(await readFile(path, 'utf8')) as Partial<RunData>;
    const isPicture = (value: RunPicture) => isFileFacts(value) && typeof value.picture === 'string';
    return Array.isArray(people) && Array.isArray(pictures) && pictures.every(isPicture) ? { people, pictures } : null;
  } catch {
    return null;
  }
}

/** What of the data is another, as a clause; null where nothing is. Whose pictures they are says more than which. */
export function differenceOf(there: RunData, here: RunData): string | null {
  return peopleDifference(there, here) ?? pictureDifference(there, here);
}

function peopleDifference(there: RunData, here: RunData): string | null {
  const gone = there.people.filter((name) => !here.people.includes(name));
  const added = here.people.filter((name) => !there.people.includes(name));
  const [from] = gone;
  const [to] = added;
  if (from !== undefined && to !== undefined && gone.length === 1 && added.length === 1 && isRenamed(there, here))
    return `${from} is now called ${to}`;
  const clauses = [
    ...(gone.length > 0 ? [`${listed(gone)} ${gone.length === 1 ? 'is' : 'are'} gone`] : []),
    ...(added.length > 0 ? [`${listed(added)} ${added.length === 1 ? 'is' : 'are'} new`] : []),
  ];
  return clauses.length > 0 ? clauses.join(', and ') : null;
}

/** The same pictures, whatever their folders are called. */
function isRenamed(there: RunData, here: RunData): boolean {
  const all = ({ pictures }: RunData) =>
    pictures
      .map(({ picture, sha256 }) => `${picture.slice(picture.indexOf('/') + 1)} ${sha256}`)
      .sort()
      .join('\n');
  return all(there) === all(here);
}

function pictureDifference(there: RunData, here: RunData): string | null {
  const before = new Map(there.pictures.map(({ picture, sha256 }) => [picture, sha256]));
  const now = new Map(here.pictures.map(({ picture, sha256 }) => [picture, sha256]));
  const names = (which: (name: string) => boolean, of: ReadonlyMap<string, string>) => [...of.keys()].filter(which);
  const clauses = (
    [
      [names((name) => !now.has(name), before), 'gone'],
      [names((name) => !before.has(name), now), 'new'],
      [names((name) => before.has(name) && before.get(name) !== now.get(name), now), 'replaced by another'],
    ] as const
  ).flatMap(([which, what]) =>
    which.length > 0
      ? [`${count(which.length, 'picture')} ${which.length === 1 ? 'is' : 'are'} ${what}: ${listed(which)}`]
      : [],
  );
  return clauses.length > 0 ? clauses.join('; ') : null;
}

const MOST_NAMED = 3;

function listed(names: readonly string[]): string {
  return names.slice(0, MOST_NAMED).join(', ') + (names.length > MOST_NAMED ? ', …' : '');
}
