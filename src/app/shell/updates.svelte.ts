import type { SwMessage } from '../../core/hosting/appCaches';
import { APP_SCOPE } from '../../core/hosting/appScope';
import { ownName } from '../../core/hosting/ownNames';

/** Set while a page that is not isolated waits for its reload by the service worker, which happens once. */
const RELOADED = ownName('facenet-reloaded-for-isolation', APP_SCOPE);

/** Registers the service worker, and asks it to take over with a new version. */
export class Updates {
  /** A new version waits for the user. */
  isWaiting = $state(false);
  /** Another tab has started the new version; this one still runs the old. */
  isReplaced = $state(false);
  #waiting: ServiceWorker | null = null;
  #wanted = false;

  /** Only in a built app and a secure context. Never rejects. */
  async register(): Promise<void> {
    if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
    const { serviceWorker } = navigator;
    const wasControlled = serviceWorker.controller !== null;
    serviceWorker.addEventListener('controllerchange', () => {
      if (this.#wanted) location.reload();
      else if (wasControlled) this.isReplaced = true;
      else isolate();
    });
    try {
      const registration = await serviceWorker.register('sw.js', { updateViaCache: 'none' });
      this.#offer(registration.waiting);
      registration.addEventListener('updatefound', () => {
        const { installing } = registration;
        installing?.addEventListener('statechange', () => {
          if (installing.state === 'installed') this.#offer(registration.waiting);
        });
      });
    } catch {
      // storage blocked, or no network: the next visit tries again
    }
  }

  /** Activates the new version and reloads. */
  useNow(): void {
    this.#wanted = true;
    const message: SwMessage = 'use-now';
    this.#waiting?.postMessage(message);
  }

  #offer(waiting: ServiceWorker | null): void {
    if (!waiting || !navigator.serviceWorker.controller) return; // the first version takes over by itself
    this.#waiting = waiting;
    this.isWaiting = true;
  }
}

/** Without headers only a reload through the service worker isolates the first page. Not after user input. */
function isolate(): void {
  if (crossOriginIsolated || sessionStorage.getItem(RELOADED) !== null) return;
  if (navigator.userActivation.hasBeenActive) return;
  sessionStorage.setItem(RELOADED, '1');
  location.reload();
}
