import { chmodSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

const OUT = 'dist-cli';

/** `npx facenet-web` in the clone runs the file itself: it needs its mode, as an installed package's would have. */
function executable(): Plugin {
  return { name: 'facenet-web:executable', writeBundle: () => chmodSync(`${OUT}/facenet-web.js`, 0o755) };
}

/** Builds the command line (Node side) into dist-cli/; the page side is built by vite.config.ts. */
export default defineConfig({
  publicDir: false,
  plugins: [executable()],
  build: {
    ssr: true,
    target: 'node20',
    outDir: OUT,
    emptyOutDir: true,
    rolldownOptions: {
      // chromium is for scripts/test.js, which is plain Node.
      input: { 'facenet-web': 'src/harness/cli/main.ts', chromium: 'src/harness/cli/chromium.ts' },
      output: {
        entryFileNames: '[name].js',
        banner: ({ name }) => (name === 'facenet-web' ? '#!/usr/bin/env node' : ''),
      },
    },
  },
});
