/** Where the FaceNet model is published: that folder alone, the host has others. */
const PUBLISHER = 'https://webmachinelearning.github.io/test-data/models/facenet_nhwc/weights/';

/**
 * What a page of the app and its threads may load. The one other place is where the FaceNet model is published, asked
 * only when the user gets the model. Pictures are shown from blobs, the threads of TensorFlow.js (training, and the second
 * engine) start from one that we make; `data:` is for small icons that the build inlines.
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

/** Features that a page has unless they are named. */
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
 * Of every answer that the app's own server or its service worker gives. A page has the policy in a meta tag too, for
 * hosts that set no headers; a worker obeys only the header of its own script.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  ...ISOLATION_HEADERS,
  // Who may frame the page counts in a header only; in a meta tag browsers complain about it.
  'Content-Security-Policy': `${CONTENT_SECURITY_POLICY}; frame-ancestors 'none'`,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
  // The camera is for the app's own page alone; nothing else of the device is ever asked for.
  'Permissions-Policy': ['camera=(self)', ...NEVER_ASKED.map((feature) => `${feature}=()`)].join(', '),
};
