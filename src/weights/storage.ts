import { APP_SCOPE } from '../core/hosting/appScope';
import { FaceError } from '../core/errors';
import { ownName } from '../core/hosting/ownNames';
import type { Expected } from './verify';

/**
 * Browser storage for model files: Cache Storage, one entry a file, under its SHA-256. `files` are ready to use, `sources`
 * the finished files of a download, `kept` copies of used files from beside the page, for offline starts.
 */
export const CACHES = {
  files: ownName('facenet-models', APP_SCOPE),
  sources: ownName('facenet-model-sources', APP_SCOPE),
  kept: ownName('facenet-models-kept', APP_SCOPE),
} as const;
export type CacheName = keyof typeof CACHES;

/** Null where the browser keeps nothing: storage denied, or no secure context. */
async function openCache(name: CacheName): Promise<Cache | null> {
  if (!('caches' in globalThis)) return null;
  return caches.open(CACHES[name]).catch(() => null);
}

function keyOf(sha256: string): string {
  return new URL(`/stored-models/${sha256}`, location.origin).href;
}

/** The SHA-256 of every file kept; empty where the browser keeps nothing. */
export async function storedHashes(name: CacheName): Promise<Set<string>> {
  const keys = (await (await openCache(name))?.keys()) ?? [];
  return new Set(keys.map(({ url }) => url.slice(url.lastIndexOf('/') + 1)));
}

/** The bytes kept under a hash, not yet verified; null where there are none. */
export async function readStored(
  name: CacheName,
  { sha256, bytes }: Expected,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const blob = await (await (await openCache(name))?.match(keyOf(sha256)))?.blob();
  if (!blob) return null;
  return new Uint8Array(await blob.slice(0, bytes + 1).arrayBuffer());
}

/** Keeps verified bytes. Throws `store/denied` where the browser keeps nothing, `store/full`. */
export async function writeStored(name: CacheName, sha256: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const cache = await openCache(name);
  if (!cache) throw new FaceError('store/denied');
  try {
    await cache.put(keyOf(sha256), new Response(bytes));
  } catch (cause) {
    const full = cause instanceof DOMException && cause.name === 'QuotaExceededError';
    throw new FaceError(full ? 'store/full' : 'store/denied', {}, { cause });
  }
}

export async function deleteStored(name: CacheName, hashes: Iterable<string>): Promise<void> {
  const cache = await openCache(name);
  for (const sha256 of hashes) await cache?.delete(keyOf(sha256));
}

/** Keeps a verified file for offline starts and removes those that are no longer `known`; without room it does nothing. */
export async function keepForOffline(
  sha256: string,
  bytes: Uint8Array<ArrayBuffer>,
  known: ReadonlySet<string>,
): Promise<void> {
  const here = await storedHashes('kept').catch(() => new Set<string>());
  const old = [...here].filter((hash) => !known.has(hash));
  await deleteStored('kept', old).catch(() => undefined);
  if (!here.has(sha256)) await writeStored('kept', sha256, bytes).catch(() => undefined);
}

/** Throws `store/denied` where the browser keeps nothing, and `store/full` where it knows that `bytes` more do not fit. */
export async function checkRoom(bytes: number): Promise<void> {
  if (!(await openCache('files'))) throw new FaceError('store/denied');
  const { quota, usage = 0 } = await navigator.storage.estimate();
  if (quota !== undefined && quota - usage < bytes) throw new FaceError('store/full');
}
