import type { SwMessage } from '../../core/hosting/appCaches';
import { APP_SCOPE } from '../../core/hosting/appScope';
import { ownName } from '../../core/hosting/ownNames';

/** Set while a page that was not isolated waits to be loaded again by the service worker, so that it is so only once. */
const RELOADED = ownName('facenet-reloaded-for-isolation', APP_SCOPE);

/** The service worker: registered once, and told when a new version that waits shall take over. */
export class Updates {
  /** A new version is here and waits for the user. */
  isWaiting = $state(false);
  /** Another tab has put the new version in charge: this one still runs the old. */
  isReplaced = $state(false);
  #waiting: ServiceWorker | null = null;
  #wanted = false;

  /** Registers it where there is one: built, and in a secure context. Never rejects. */
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
      // storage blocked, or no network: the app works without, and the next visit tries again
    }
  }

  /** Puts the new version in charge and loads it. */
  useNow(): void {
    this.#wanted = true;
    const message: SwMessage = 'use-now';
    this.#waiting?.postMessage(message);
  }

  #offer(waiting: ServiceWorker | null): void {
    if (!waiting || !navigator.serviceWorker.controller) return; // the first one takes over by itself
    this.#waiting = waiting;
    this.isWaiting = true;
  }
}

/** On a host without headers the first page is not isolated: the service worker's own answer is. Nobody's work is lost by it. */
function isolate(): void {
  if (crossOriginIsolated || sessionStorage.getItem(RELOADED) !== null) return;
  if (navigator.userActivation.hasBeenActive) return;
  sessionStorage.setItem(RELOADED, '1');
  location.reload();
}
