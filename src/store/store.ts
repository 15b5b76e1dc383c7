import { APP_SCOPE } from '../core/hosting/appScope';
import { ownName } from '../core/hosting/ownNames';
import { databaseBacking } from './databaseBacking';
import { keepsNothing } from './denied';
import { faceStore } from './faceStore';
import { UNGUARDED, type WriteGuard } from './guard';
import { memoryBacking } from './memoryBacking';
import { memoryDatabase, type MemoryDatabase } from './memoryDatabase';
import type { Store } from './schema';

/**
 * Opens the people and settings of this device, upgrading what an older version left. Where the browser keeps nothing
 * the store lives in `memory` (`persistent` false). `guard`: where several tabs are open, every write of this one goes
 * through it. Throws `store/blocked`, `store/newer-version`, `store/full`.
 */
export async function openStore(
  name = ownName('facenet-web', APP_SCOPE),
  guard: WriteGuard = UNGUARDED,
  memory: MemoryDatabase = memoryDatabase(),
): Promise<Store> {
  const changed = new Set<() => void>();
  const callAll = () => {
    for (const callback of changed) callback();
  };
  try {
    if (typeof indexedDB === 'undefined') return inMemory(changed, memory);
    const backing = await databaseBacking(name, callAll);
    const tabs = new BroadcastChannel(`${name}-changes`);
    tabs.addEventListener('message', callAll);
    return faceStore(
      backing,
      (what) => {
        tabs.postMessage('changed');
        if (what === 'all') announceOthers(name);
      },
      changed,
      () => tabs.close(),
      guard,
    );
  } catch (thrown) {
    if (!keepsNothing(thrown)) throw thrown;
    return inMemory(changed, memory);
  }
}

/** A restored backup changes the photo library and the trained models too: those who have them open hear of it, here too. */
function announceOthers(name: string): void {
  for (const other of [`${name}-photos`, `${name}-training`]) {
    const channel = new BroadcastChannel(other);
    channel.postMessage('changed');
    channel.close();
  }
}

function inMemory(changed: Set<() => void>, memory: MemoryDatabase): Store {
  return faceStore(
    memoryBacking(memory),
    () => {},
    changed,
    () => {},
  );
}
