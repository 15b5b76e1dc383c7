import { parseRoute, type Route } from './route';

/** A write to the history for every scrolled pixel would be refused by some browsers. */
const SCROLLED_MS = 100;

/** The address's view, followed as it changes. */
export class Router {
  route = $state.raw<Route>(parseRoute(location.hash));

  constructor() {
    window.addEventListener('hashchange', () => {
      this.route = parseRoute(location.hash);
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    window.addEventListener('scroll', () => {
      clearTimeout(timer);
      const [{ hash }, { scrollY }] = [location, window];
      timer = setTimeout(() => {
        // Not where the user has gone meanwhile: that view begins at its top.
        if (location.hash === hash) history.replaceState({ scrolled: scrollY }, '');
      }, SCROLLED_MS);
    });
  }

  /** How far down the view was read before, where the user came back to it; 0 for one that is opened anew. */
  get scrolled(): number {
    const state: unknown = history.state;
    const known = typeof state === 'object' && state !== null && 'scrolled' in state ? state.scrolled : 0;
    return typeof known === 'number' ? known : 0;
  }
}
