import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { contentSecurityPolicy } from './scripts/contentSecurityPolicy.ts';
import { isolation } from './scripts/isolation.ts';
import { publicFiles } from './scripts/publicFiles.ts';
import { serviceWorker } from './scripts/serviceWorker.ts';
import { thirdPartyLicences } from './scripts/thirdPartyLicences.ts';

const licences = thirdPartyLicences();

export default defineConfig({
  base: './',
  plugins: [svelte(), isolation(), contentSecurityPolicy(), publicFiles(), licences.pages, serviceWorker()],
  worker: { format: 'es', plugins: licences.workers },
  build: {
    target: 'es2022',
    sourcemap: false,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { input: { app: 'index.html', deleted: 'deleted.html', harness: 'harness.html' } },
  },
});
