/**
 * The service worker: the app starts without a network, and pages of hosts that set no headers are isolated (WASM
 * threads need it). What the build wrote comes from a cache of that version, whole or not at all; engines and sample
 * pictures are kept when they are first used. Model files are none of its business: the face worker keeps those that it
 * has verified, by their hash. Nothing but the app's own files is ever answered, kept or asked for.
 */
import { PAGE_HEADERS } from '../src/core/hosting/pageHeaders';
import { assetCache, isShellCache, shellCache, type SwMessage } from '../src/core/hosting/appCaches';

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build: what the app cannot start without, with the hash of each, and what it may need later. */
declare const __APP_FILES__: {
  readonly version: string;
  readonly first: readonly string[];
  readonly later: readonly string[];
};

const { version, first, later } = __APP_FILES__;
const scope = self.registration.scope;
const folder = new URL(scope).pathname;
const SHELL = shellCache(version, folder);
const ASSETS = assetCache(folder);
const addressOf = (path: string) => new URL(path, scope).href;
const FIRST = new Set(first.map(addressOf));
const LATER = new Set(later.map(addressOf));
const START = addressOf('index.html');

/** Hashed names never change their content: they are shared between versions. */
const cacheOf = (address: string) => (address.startsWith(addressOf('assets/')) ? ASSETS : SHELL);

async function install(): Promise<void> {
  await Promise.all(
    [...FIRST].map(async (address) => {
      const cache = await caches.open(cacheOf(address));
      if (cacheOf(address) === ASSETS && (await cache.match(address))) return;
      // Past the browser's own cache, where a file without a hash could be of another version.
      const response = await fetch(address, { cache: address.startsWith(addressOf('assets/')) ? 'default' : 'reload' });
      if (!response.ok) throw new Error(`${address}: ${response.status}`);
      await cache.put(address, response);
    }),
  );
}

/** Only what this version has stays. */
async function tidy(): Promise<void> {
  for (const name of await caches.keys()) if (isShellCache(name, folder) && name !== SHELL) await caches.delete(name);
  const assets = await caches.open(ASSETS);
  for (const { url } of await assets.keys()) if (!FIRST.has(url) && !LATER.has(url)) await assets.delete(url);
}

/** The file with the headers that isolate the page; whatever the host has set beside them stays. */
function withHeaders(response: Response): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(PAGE_HEADERS)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

async function answer(address: string): Promise<Response> {
  const cacheName = cacheOf(address);
  const kept = await caches.match(address, { cacheName });
  if (kept) return withHeaders(kept);
  const response = await fetch(address);
  // Only into a cache that is there: “Delete everything” took it away, and its page may still ask for a file.
  if (response.ok && (await caches.has(cacheName))) await keep(cacheName, address, response.clone());
  return withHeaders(response);
}

async function keep(cacheName: string, address: string, response: Response): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.put(address, response).catch(() => undefined); // no room: it works without
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(tidy().then(() => self.clients.claim())));
self.addEventListener('message', (event) => {
  if (event.data === ('use-now' satisfies SwMessage)) void self.skipWaiting();
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const url = new URL(request.url);
  url.hash = '';
  url.search = '';
  const address = url.href === scope ? START : url.href;
  if (FIRST.has(address) || LATER.has(address)) event.respondWith(answer(address));
});
