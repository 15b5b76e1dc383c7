import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { findChromium } from './src/harness/cli/chromium.ts';
import { BROWSER_PACKAGES } from './scripts/browserPackages.ts';
import { CHROMIUM_ARGS } from './scripts/chromiumFlags.ts';
import { isolation } from './scripts/isolation.ts';
import { sharedFiles } from './scripts/sharedFiles.ts';

/** Files at once; by itself Vitest would leave a core of CI's two to itself, which needs little. */
const WORKERS = 2;

export default defineConfig({
  test: {
    projects: [
      {
        // State classes as the browser runs them: without this, runes are compiled for a server, where nothing reacts.
        plugins: [svelte({ configFile: false, dynamicCompileOptions: () => ({ generate: 'client' }) })],
        ssr: { resolve: { conditions: [...defaultServerConditions, 'browser'] } },
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          environment: 'node',
          testTimeout: 60_000,
          maxWorkers: WORKERS,
          server: { deps: { inline: ['svelte'] } },
          // A process per file costs two thirds of the whole run. A test that changes a global puts it back.
          isolate: false,
        },
      },
      {
        plugins: [isolation(), sharedFiles()],
        worker: { format: 'es' },
        optimizeDeps: { include: BROWSER_PACKAGES },
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: WORKERS,
          provide: {
            expectShared: process.env['EXPECT_SHARED'] === '1',
            expectWebgpu: process.env['EXPECT_WEBGPU'] === '1',
          },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { executablePath: findChromium() ?? '', args: CHROMIUM_ARGS, channel: undefined as never },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
