import type { Plugin } from 'vite';
import { ISOLATION_HEADERS } from '../src/core/hosting/pageHeaders.ts';

/** Cross-origin isolation for the dev and preview servers. */
export function isolation(): Plugin {
  return {
    name: 'facenet-web:isolation',
    config: () => ({ server: { headers: ISOLATION_HEADERS }, preview: { headers: ISOLATION_HEADERS } }),
  };
}
