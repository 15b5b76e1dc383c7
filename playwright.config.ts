import { defineConfig } from '@playwright/test';
import { CHROMIUM_ARGS } from './scripts/chromiumFlags.ts';
import { findChromium } from './src/harness/cli/chromium.ts';

const executablePath = findChromium();
/** Tests of a minute or more: they begin first, lest one worker is left alone with them. */
const LONG = /@long/;

export default defineConfig({
  outputDir: 'test-results',
  globalSetup: './test/e2e/build.ts',
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  timeout: 360_000, // the longest take two minutes on two quiet cores, and CI's may be busy
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    // Its answers cannot be played with by `page.route`; the tests of the app without a network allow it.
    serviceWorkers: 'block',
    locale: 'en-GB',
    timezoneId: 'UTC',
    launchOptions: { args: CHROMIUM_ARGS, ...(executablePath ? { executablePath } : {}) },
  },
  projects: [
    { name: 'long', testDir: 'test/e2e', grep: LONG },
    { name: 'app', testDir: 'test/e2e/app', grepInvert: LONG },
    { name: 'cli', testDir: 'test/e2e/cli', grepInvert: LONG },
  ],
});
