import { FaceError } from '../core/errors';
import { databaseBacking } from './databaseBacking';
import { faceStore } from './faceStore';
import { memoryBacking } from './memoryBacking';
import type { Store } from './schema';

/** What browsers throw where a page may keep nothing: storage blocked, private windows of some, a sandboxed frame. */
const DENIED = new Set(['SecurityError', 'InvalidStateError', 'UnknownError', 'NotAllowedError']);

/**
 * Opens the people and settings of this device, upgrading what an older version left. Where the browser keeps nothing
 * the store lives in memory (`persistent` false). Throws `store/blocked`, `store/newer-version`, `store/full`.
 */
export async function openStore(name = 'facenet-web'): Promise<Store> {
  const changed = new Set<() => void>();
  const callAll = () => {
    for (const callback of changed) callback();
  };
  try {
    if (typeof indexedDB === 'undefined') return inMemory(changed);
    const backing = await databaseBacking(name, callAll);
    const tabs = new BroadcastChannel(`${name}-changes`);
    tabs.addEventListener('message', callAll);
    return faceStore(
      backing,
      () => tabs.postMessage('changed'),
      changed,
      () => tabs.close(),
    );
  } catch (thrown) {
    if (thrown instanceof FaceError || !(thrown instanceof DOMException) || !DENIED.has(thrown.name)) throw thrown;
    return inMemory(changed);
  }
}

function inMemory(changed: Set<() => void>): Store {
  return faceStore(
    memoryBacking(),
    () => {},
    changed,
    () => {},
  );
}
