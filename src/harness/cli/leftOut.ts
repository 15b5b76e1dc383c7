import { count } from '../../core/count';
import type { FaceError } from '../../core/errors';

/** Names listed after a reason; the rest is counted. */
const MOST_NAMES = 10;

type Words = readonly [one: string, many: string];

const WORDS: Readonly<Partial<Record<FaceError['code'], Words>>> = {
  'image/empty': ['is empty', 'are empty'],
  'image/truncated': ['is cut off', 'are cut off'],
  'image/unreadable': ['is not a picture that this browser can read', 'are not pictures that this browser can read'],
  'image/too-large': ['is too large', 'are too large'],
  'image/too-many-bytes': ['is too large', 'are too large'],
  'image/too-small': ['is too small', 'are too small'],
  'archive/damaged': ['is damaged in the archive', 'are damaged in the archive'],
  'archive/locked': ['is locked with a password', 'are locked with a password'],
  'archive/method': ['is packed in a way that cannot be opened here', 'are packed in a way that cannot be opened here'],
  'harness/denied': ['may not be read', 'may not be read'],
  'harness/no-such-file': ['does not exist', 'do not exist'],
  'harness/not-read': ['could not be read', 'could not be read'],
  'harness/no-face': ['shows no face', 'show no face'],
};
const OTHER: Words = ['failed', 'failed'];

/** How a bulk job ends: how many were left out for which reason, and which. No lines where none was. */
export function leftOutLines(errors: readonly FaceError[]): string[] {
  const groups = new Map<
    string,
    { readonly words: Words; readonly isFile: boolean; readonly after: string; readonly names: string[] }
  >();
  for (const { code, details } of errors) {
    const kind = code === 'image/unsupported' ? String(details['kind']) : '';
    const unread = `${kind}, which this browser cannot read`;
    const group = groups.get(code + kind) ?? {
      words: kind ? [`is ${unread}`, `are ${unread}`] : (WORDS[code] ?? OTHER),
      isFile: !('path' in details),
      after: kind ? `. ${String(details['advice'])}` : '',
      names: [],
    };
    groups.set(code + kind, group);
    group.names.push(String(details['name'] ?? details['path'] ?? 'one without a name'));
  }
  return [...groups.values()].map(({ words: [one, many], isFile, after, names }) => {
    const listed = listOf(names);
    const what = isFile
      ? count(names.length, 'picture')
      : count(names.length, 'picture or folder', 'pictures or folders');
    return `${what} ${names.length === 1 ? one : many}: ${listed}${after}`;
  });
}

/** What is to be done about pictures with a lying face; null where there is none. */
export function lyingLine(names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const what = `${count(names.length, 'picture')} ${names.length === 1 ? 'shows' : 'show'} a face that lies on its side or upside down`;
  return `${what}, by which nobody is known well: ${listOf(names)}. Turn ${names.length === 1 ? 'it' : 'them'} upright, or use --turned where the command has it.`;
}

/** What is to be tried with pictures in which no face is sure; null where there is none. */
export function mayLieLine(names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const what = `${count(names.length, 'picture')} ${names.length === 1 ? 'shows' : 'show'} no face surely`;
  return `${what}: ${listOf(names)}. If somebody lies on their side or upside down there, use --turned where the command has it.`;
}

function listOf(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return names.slice(0, MOST_NAMES).join(', ') + more;
}
