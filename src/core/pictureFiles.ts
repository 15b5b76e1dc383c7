import { FaceError } from './errors';

/**
 * What a file is by its path alone, for everything that reads folders and archives. Paths use `/` and start below the chosen
 * folder, whose own name does not matter.
 */

/** Kinds that browsers decode. `pipeline/sniff` checks the bytes. */
const READABLE = new Set([
  'jpg',
  'jpeg',
  'jpe',
  'jif',
  'jfif',
  'pjpeg',
  'pjp',
  'png',
  'apng',
  'webp',
  'gif',
  'avif',
  'bmp',
]);

const RAW =
  'dng cr2 cr3 crw nef nrw arw srf sr2 raf orf rw2 rwl pef srw x3f 3fr fff iiq kdc dcr mrw erf mos mef raw'.split(' ');

const TO_JPEG = 'Export it as JPEG, then add that.';

/** Pictures that browsers do not decode: the kind's name and what to do. */
const UNREADABLE: ReadonlyMap<string, UnreadableKind> = new Map(
  (
    [
      [
        ['heic', 'heics', 'heif', 'heifs', 'hif'],
        'HEIC',
        'Export it as JPEG, then add that; on an iPhone, Settings > Camera > Formats > Most Compatible makes JPEGs.',
      ],
      [['tif', 'tiff'], 'TIFF', TO_JPEG],
      [['jxl'], 'JPEG XL', TO_JPEG],
      [['jp2', 'j2k', 'jpf', 'jpx', 'j2c'], 'JPEG 2000', TO_JPEG],
      [['psd', 'psb'], 'Photoshop', TO_JPEG],
      [RAW, 'raw', 'Export it as JPEG with your camera’s or photo program, then add that.'],
    ] as const
  ).flatMap(([endings, kind, advice]) => endings.map((ending) => [ending, { kind, advice }] as const)),
);

/** Folders and files (lower case) of network storage, systems and waste baskets, besides names that start with a dot. */
const SYSTEM = new Set([
  '@eadir', // Synology's thumbnails
  '#recycle',
  '#snapshot',
  '@recycle', // QNAP
  '@recently-snapshot',
  '@__thumb',
  '@tmp',
  '$recycle.bin',
  'recycler',
  'recycled',
  'system volume information',
  'network trash folder',
  'temporary items',
  'thevolumesettingsfolder',
  '__macosx',
  'ipod photo cache',
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
]);

/** An Apple Photos library holds its thumbnails and edits beside the pictures, which lie in these folders. */
const APPLE_LIBRARY = /(?:^|\/)[^/]+\.(?:photoslibrary|photolibrary)\/(?!originals\/|masters\/)/i;

export interface UnreadableKind {
  /** HEIC, TIFF, raw … */
  readonly kind: string;
  /** What to do with it, a whole sentence. */
  readonly advice: string;
}

/**
 * - `picture`: a kind that browsers decode.
 * - `unreadable`: a picture of a kind that browsers do not decode; always reported.
 * - `system`: a thumbnail, deleted file or system file, never meant when a folder is chosen.
 * - `other`: no picture.
 */
export type FileRole = 'picture' | 'unreadable' | 'system' | 'other';

/** In lower case without the dot; '' where there is none. */
export function endingOf(path: string): string {
  return /[^/]\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

/** Whether a file or folder (its own name, not a path) belongs to a system: hidden, thumbnails, a waste basket. */
export function isSystemName(name: string): boolean {
  return (name.startsWith('.') && name !== '.' && name !== '..') || SYSTEM.has(name.toLowerCase());
}

/** The role of the file at `path`, by each folder on the way and the ending. */
export function fileRole(path: string): FileRole {
  if (path.split('/').some(isSystemName) || APPLE_LIBRARY.test(path)) return 'system';
  const ending = endingOf(path);
  return READABLE.has(ending) ? 'picture' : UNREADABLE.has(ending) ? 'unreadable' : 'other';
}

/** Whether `path` is a picture that browsers decode, and not a system's. */
export function isPicturePath(path: string): boolean {
  return fileRole(path) === 'picture';
}

/** The kind of a picture that browsers do not decode, and what to do; null for any other file. */
export function unreadableKind(path: string): UnreadableKind | null {
  return UNREADABLE.get(endingOf(path)) ?? null;
}

/** Brands of HEIC's file type box: of HEVC pictures and sequences, and of the container that phones write. */
const HEIC_BRAND = /^(?:hei[cmsx]|hev[cmsx]|mif1|msf1)$/;

/** The kind by a file's first bytes, whatever it is called: HEIC and TIFF (most raw kinds too); null for any other. */
export function unreadableContent(bytes: Uint8Array): UnreadableKind | null {
  const text = (at: number, length = 4) => String.fromCharCode(...bytes.subarray(at, at + length));
  const isAvif = /avi[fs]/.test(text(8, 24)); // which shares the container
  if (text(4) === 'ftyp' && HEIC_BRAND.test(text(8)) && !isAvif) return UNREADABLE.get('heic')!;
  return text(0) === 'II*\0' || text(0) === 'MM\0*' ? UNREADABLE.get('tiff')! : null;
}

/**
 * The sentence about such a picture (`image/unsupported`), by its name or, where `bytes` are given, by its content; null
 * for any other file.
 */
export function unreadableError(path: string, bytes?: Uint8Array): FaceError | null {
  const found = unreadableKind(path) ?? (bytes ? unreadableContent(bytes) : null);
  return found && new FaceError('image/unsupported', { name: path, ...found });
}
