import type { Plugin } from 'vite';

/** Cross-origin isolation, which WASM threads need, for the dev and preview servers. */
export const ISOLATION_HEADERS: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

export function isolation(): Plugin {
  return {
    name: 'facenet-web:isolation',
    config: () => ({ server: { headers: ISOLATION_HEADERS }, preview: { headers: ISOLATION_HEADERS } }),
  };
}
