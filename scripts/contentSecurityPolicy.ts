import type { Plugin } from 'vite';

/**
 * What the built page may load. The one other host is where the FaceNet model is published, asked only when the user
 * gets the model. Pictures are shown from blobs; `data:` is for small icons that the build inlines.
 */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "worker-src 'self'",
  "connect-src 'self' https://webmachinelearning.github.io",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Puts the policy into the built pages; the dev server's own inline styles and sockets would not pass it. */
export function contentSecurityPolicy(): Plugin {
  return {
    name: 'facenet-web:content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
        injectTo: 'head-prepend',
      },
    ],
  };
}
