/** The publisher's folder of the FaceNet model, and nothing else on that host. */
const PUBLISHER = 'https://webmachinelearning.github.io/test-data/models/facenet_nhwc/weights/';

/**
 * What a page of the app and its threads may load. The only other host is the publisher of the FaceNet model, contacted
 * when the user downloads it. Pictures are shown from blobs and the threads of TensorFlow.js start from one; `data:` is for
 * small icons that the build inlines.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "worker-src 'self' blob:",
  `connect-src 'self' ${PUBLISHER}`,
  "frame-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Cross-origin isolation, which WASM threads need. */
export const ISOLATION_HEADERS: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Features that are allowed unless they are named. */
const NEVER_ASKED = [
  'microphone',
  'geolocation',
  'display-capture',
  'usb',
  'serial',
  'hid',
  'bluetooth',
  'midi',
  'payment',
  'accelerometer',
  'gyroscope',
  'magnetometer',
  'idle-detection',
  'local-fonts',
  'screen-wake-lock',
  'encrypted-media',
  'publickey-credentials-get',
  'xr-spatial-tracking',
] as const;

/**
 * Headers of every response of the app's server and its service worker. A page has the policy in a meta tag too, for hosts
 * that set no headers; a worker obeys only the header of its own script.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  ...ISOLATION_HEADERS,
  // frame-ancestors works in a header only.
  'Content-Security-Policy': `${CONTENT_SECURITY_POLICY}; frame-ancestors 'none'`,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
  // The camera is for the app's own page only; no other device feature is used.
  'Permissions-Policy': ['camera=(self)', ...NEVER_ASKED.map((feature) => `${feature}=()`)].join(', '),
};
