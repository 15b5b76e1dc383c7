import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Router } from '../../../../src/app/shell/router.svelte';

/** Of a window, what the router follows. */
class FakeWindow extends EventTarget {
  scrollY = 0;
}

let page: FakeWindow;
const location = { hash: '' };
const history = {
  state: null as unknown,
  replaceState(state: unknown) {
    this.state = state;
  },
};

beforeEach(() => {
  page = new FakeWindow();
  location.hash = '#/people';
  history.state = null;
  vi.stubGlobal('window', page);
  vi.stubGlobal('location', location);
  vi.stubGlobal('history', history);
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function scroll(to: number): void {
  page.scrollY = to;
  page.dispatchEvent(new Event('scroll'));
}

test('follows the address', () => {
  const router = new Router();
  expect(router.route).toEqual({ view: 'people', rest: null });
  location.hash = '#/people/abc';
  page.dispatchEvent(new Event('hashchange'));
  expect(router.route).toEqual({ view: 'people', rest: 'abc' });
});

test('keeps how far a view was scrolled, once scrolling has stopped', () => {
  const router = new Router();
  expect(router.scrolled).toBe(0);
  scroll(100);
  scroll(250);
  expect(router.scrolled).toBe(0);
  vi.runAllTimers();
  expect(router.scrolled).toBe(250);
});

test('does not give a view the place of the one that was left', () => {
  const router = new Router();
  scroll(100);
  location.hash = '#/photos';
  page.dispatchEvent(new Event('hashchange'));
  vi.runAllTimers();
  expect(router.scrolled).toBe(0);
});

test('ignores a state that is not its own', () => {
  const router = new Router();
  for (const state of ['x', { scrolled: 'far' }, { other: 1 }]) {
    history.state = state;
    expect(router.scrolled).toBe(0);
  }
});
