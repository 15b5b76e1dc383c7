/** Cache Storage of the app's own files, as the service worker fills it; models have caches of their own. */

/** Files whose names carry a hash of their content, shared between versions. */
export const ASSET_CACHE = 'facenet-assets';
/** The rest, one cache a version: the prefix and the version. */
export const SHELL_CACHE_PREFIX = 'facenet-shell-';

/** What a page says to the service worker: a new version that waits shall take over. */
export type SwMessage = 'use-now';
