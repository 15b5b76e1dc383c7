import { defineConfig } from '@playwright/test';
import { CHROMIUM_ARGS } from './scripts/chromiumFlags.ts';
import { findChromium } from './src/harness/cli/chromium.ts';

/** `E2E_PORT`: another port, where several checkouts are tested at a time. */
const PORT = Number(process.env['E2E_PORT'] ?? 4273);

/** `E2E_BASE_URL`: an app that is served already (built by hand, or on a host); without it the tests build and serve their own. */
const served = process.env['E2E_BASE_URL'];
/** `E2E_BUILT`: what lies in dist and dist-cli is of this checkout; `npm test` has just built it. */
const isBuilt = process.env['E2E_BUILT'] === '1';
const executablePath = findChromium();

export default defineConfig({
  outputDir: 'test-results',
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    baseURL: served ?? `http://127.0.0.1:${PORT}/`,
    // Its answers cannot be played with by `page.route`; the tests of the app without a network allow it.
    serviceWorkers: 'block',
    locale: 'en-GB',
    timezoneId: 'UTC',
    launchOptions: { args: CHROMIUM_ARGS, ...(executablePath ? { executablePath } : {}) },
  },
  projects: [
    { name: 'app', testDir: 'test/e2e/app' },
    { name: 'cli', testDir: 'test/e2e/cli' },
  ],
  ...(served
    ? {}
    : {
        webServer: {
          command: `${isBuilt ? '' : 'npm run build && '}node dist-cli/facenet-web.js serve --port ${PORT}`,
          url: `http://127.0.0.1:${PORT}/`,
          timeout: 180_000,
          reuseExistingServer: false,
        },
      }),
});
