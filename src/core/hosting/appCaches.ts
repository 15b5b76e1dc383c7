/** Cache Storage of the app's own files, as the service worker fills it; models have caches of their own. */

import { isOwnName, ownName } from './ownNames';

/** Files whose names carry a hash of their content, shared between versions. */
export const assetCache = (scope: string): string => ownName('facenet-assets', scope);

/** The rest, one cache a version. */
export const shellCache = (version: string, scope: string): string => ownName(`facenet-shell-${version}`, scope);

export const isShellCache = (name: string, scope: string): boolean =>
  name.startsWith('facenet-shell-') && isOwnName(name, scope);

/** What a page says to the service worker: a new version that waits shall take over. */
export type SwMessage = 'use-now';
