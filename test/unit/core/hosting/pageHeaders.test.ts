import { expect, test } from 'vitest';
import { CONTENT_SECURITY_POLICY, PAGE_HEADERS } from '../../../../src/core/hosting/pageHeaders';
import { MODELS } from '../../../../src/weights/registry';

const policy = new Map(
  CONTENT_SECURITY_POLICY.split('; ').map((directive): [string, string[]] => {
    const [name, ...sources] = directive.split(' ');
    return [name!, sources];
  }),
);

test('nothing inline runs, nothing is evaluated but WebAssembly, and scripts are the app’s own', () => {
  expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe-inline|'unsafe-eval'|\*/);
  expect(policy.get('script-src')).toEqual(["'self'", "'wasm-unsafe-eval'"]);
  expect(policy.get('object-src')).toEqual(["'none'"]);
  expect(policy.get('frame-src')).toEqual(["'none'"]);
});

test('one place of another host may be asked, the one where the FaceNet model is published', () => {
  expect(policy.get('connect-src')).toEqual([
    "'self'",
    'https://webmachinelearning.github.io/test-data/models/facenet_nhwc/weights/',
  ]);
  const [, publisher] = policy.get('connect-src')!;
  const asked = MODELS.flatMap(({ sources }) => sources.flatMap(({ url }) => url ?? []));
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((url) => !url.startsWith(publisher!))).toEqual([]);
  for (const [name, sources] of policy)
    if (name !== 'connect-src')
      expect(
        sources.filter((source) => source.includes('//')),
        name,
      ).toEqual([]);
});

test('pages are isolated, tell nobody where they come from, and have of the device the camera alone', () => {
  expect(PAGE_HEADERS).toMatchObject({
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Content-Security-Policy': `${CONTENT_SECURITY_POLICY}; frame-ancestors 'none'`,
  });
  for (const feature of ['display-capture', 'usb', 'bluetooth', 'payment'])
    expect(PAGE_HEADERS['Permissions-Policy']!.split(', ')).toContain(`${feature}=()`);
  expect(PAGE_HEADERS['Permissions-Policy']).toMatch(/^camera=\(self\), microphone=\(\), geolocation=\(\)/);
});
