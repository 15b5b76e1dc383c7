import { parseRoute, type Route } from './route';

/** Some browsers refuse a history entry for every scrolled pixel. */
const SCROLLED_MS = 100;

/** The view that the address names. */
export class Router {
  route = $state.raw<Route>(parseRoute(location.hash));

  constructor() {
    window.addEventListener('hashchange', () => (this.route = parseRoute(location.hash)));
    let timer: ReturnType<typeof setTimeout> | undefined;
    window.addEventListener('scroll', () => {
      clearTimeout(timer);
      const [{ hash }, { scrollY }] = [location, window];
      timer = setTimeout(() => {
        // Not after the user has left for another view, which starts at its top.
        if (location.hash === hash) history.replaceState({ scrolled: scrollY }, '');
      }, SCROLLED_MS);
    });
  }

  /** Where the view was scrolled to when the user left it; 0 for a newly opened one. */
  get scrolled(): number {
    const state: unknown = history.state;
    const known = typeof state === 'object' && state !== null && 'scrolled' in state ? state.scrolled : 0;
    return typeof known === 'number' ? known : 0;
  }
}
