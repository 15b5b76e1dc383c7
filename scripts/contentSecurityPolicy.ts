import type { Plugin } from 'vite';
import { CONTENT_SECURITY_POLICY } from '../src/core/hosting/pageHeaders.ts';

/** Puts the policy into the built pages; the dev server's own inline styles and sockets would not pass it. */
export function contentSecurityPolicy(): Plugin {
  return {
    name: 'facenet-web:content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: CONTENT_SECURITY_POLICY },
        injectTo: 'head-prepend',
      },
    ],
  };
}
