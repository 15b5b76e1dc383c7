import { APP_SCOPE } from '../core/hosting/appScope';
import { FaceError } from '../core/errors';
import { ownName } from '../core/hosting/ownNames';
import type { StoredCrop } from '../core/types';

/** The faces of a training run, a file of Cache Storage a run, so that it resumes whatever people become. */

export interface RunPictures {
  readonly sets: Readonly<Record<'train' | 'heldOut' | 'impostors', readonly RunPicture[]>>;
}
export interface RunPicture {
  readonly crop: StoredCrop;
  /** Class number; of impostors, a number a person. */
  readonly label: number;
}

const CACHE = ownName('facenet-training-pictures', APP_SCOPE);
const keyOf = (runId: string): string => new URL(`/training/${encodeURIComponent(runId)}`, location.origin).href;

/** Keeps them. Throws `store/full`; where the browser keeps nothing the run simply cannot outlive the page: false. */
export async function keepPictures(runId: string, pictures: RunPictures): Promise<boolean> {
  const cache = await open();
  if (!cache) return false;
  try {
    await cache.put(keyOf(runId), new Response(packPictures(pictures)));
    return true;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'QuotaExceededError')
      throw new FaceError('store/full', {}, { cause });
    return false;
  }
}

/** Null where they are gone: the browser or the user cleared them. */
export async function readPictures(runId: string): Promise<RunPictures | null> {
  const response = await (await open())?.match(keyOf(runId));
  return response ? unpackPictures(await response.blob()) : null;
}

export async function forgetPictures(runId: string): Promise<void> {
  await (await open())?.delete(keyOf(runId));
}

async function open(): Promise<Cache | null> {
  if (!('caches' in globalThis)) return null;
  return caches.open(CACHE).catch(() => null);
}

interface Entry extends Omit<StoredCrop, 'picture'> {
  readonly label: number;
  readonly size: number;
  readonly type: string;
}
type Index = Readonly<Record<keyof RunPictures['sets'], readonly Entry[]>>;
/** Names in files of earlier versions. */
type EarlierIndex = Partial<Readonly<Record<'held' | 'outsiders', readonly Entry[]>>>;
const SETS = ['train', 'heldOut', 'impostors'] as const;

/** 8 bytes: the length of a JSON index; the index; then the pictures one after the other, set by set. */
export function packPictures({ sets }: RunPictures): Blob {
  const entry = ({ crop: { picture, ...crop }, label }: RunPicture): Entry => ({
    ...crop,
    label,
    size: picture.size,
    type: picture.type,
  });
  const index: Index = {
    train: sets.train.map(entry),
    heldOut: sets.heldOut.map(entry),
    impostors: sets.impostors.map(entry),
  };
  const text = new Blob([JSON.stringify(index)]);
  const length = new DataView(new ArrayBuffer(8));
  length.setUint32(0, text.size, true);
  return new Blob([length, text, ...SETS.flatMap((set) => sets[set].map(({ crop }) => crop.picture))]);
}

/** The pictures are slices of `blob`: nothing is read but the index. */
export async function unpackPictures(blob: Blob): Promise<RunPictures> {
  const length = new DataView(await blob.slice(0, 8).arrayBuffer()).getUint32(0, true);
  const { held, outsiders, ...stored } = JSON.parse(await blob.slice(8, 8 + length).text()) as Index & EarlierIndex;
  const index: Index = { ...(held && { heldOut: held }), ...(outsiders && { impostors: outsiders }), ...stored };
  let at = 8 + length;
  const read = ({ size, type, label, ...crop }: Entry): RunPicture => {
    const picture = blob.slice(at, at + size, type);
    at += size;
    return { crop: { ...crop, picture }, label };
  };
  // In the order in which they were packed.
  const [train, heldOut, impostors] = SETS.map((set) => index[set].map(read)) as [
    RunPicture[],
    RunPicture[],
    RunPicture[],
  ];
  return { sets: { train, heldOut, impostors } };
}
