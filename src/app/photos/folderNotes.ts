import type { FolderReport } from '../../store/photoSchema';
import { count } from '../shell/words';
import type { Departed } from './folderWalk';

/** File types named for a folder without a picture. */
const MOST_KINDS = 4;

/** Sentences below a folder's name about what was not read; the list of names is elsewhere. */
export function folderNotes(
  { problem, kinds, system, others, skippedTotal }: FolderReport,
  pictures: number,
): string[] {
  const notes: string[] = problem === null ? [] : [problem];
  for (const [kind, n] of Object.entries(kinds))
    notes.push(
      `${count(n, 'picture')} ${n === 1 ? 'is' : 'are'} ${kind}, which this browser cannot read: export ${n === 1 ? 'it' : 'them'} as JPEG.`,
    );
  const other = skippedTotal - Object.values(kinds).reduce((a, b) => a + b, 0);
  const more = Object.keys(kinds).length > 0 ? ' more' : '';
  if (other > 0) notes.push(`${other.toLocaleString('en')}${more} could not be read: see the list below.`);
  if (system > 0)
    notes.push(
      `${count(system, 'thumbnail, deleted or hidden picture', 'thumbnails, deleted and hidden pictures')} left out.`,
    );
  if (pictures === 0) notes.push(`It holds no picture that can be read${othersText(others)}.`);
  return notes;
}

/** “: 2 .txt files, 1 .zip file”, the most frequent first. */
function othersText(others: FolderReport['others']): string {
  const kinds = Object.entries(others).sort(([, a], [, b]) => b - a);
  if (kinds.length === 0) return '';
  const named = kinds
    .slice(0, MOST_KINDS)
    .map(([ending, n]) => (ending === '' ? count(n, 'file') + ' without an ending' : count(n, `.${ending} file`)));
  return `: ${[...named, ...(kinds.length > MOST_KINDS ? ['others'] : [])].join(', ')}`;
}

/** The message after a pass that did not find all known pictures of the folder `name`; null if none is missing. */
export function departedText(name: string, { gone, missing }: Departed): string | null {
  if (missing > 0)
    return (
      `${count(missing, 'picture')} of ${name} ${missing === 1 ? 'was' : 'were'} not found. The app keeps what it knows of ` +
      `${missing === 1 ? 'it' : 'them'}; remove the folder to forget ${missing === 1 ? 'it' : 'them'}.`
    );
  if (gone.length === 0) return null;
  const [verb, have] = gone.length === 1 ? ['is', 'has'] : ['are', 'have'];
  return `${count(gone.length, 'picture')} ${verb} no longer in ${name} and ${have} left the list.`;
}
