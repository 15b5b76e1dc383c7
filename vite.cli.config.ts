import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import { thirdPartyLicences } from './scripts/thirdPartyLicences.ts';

const OUT = 'dist-cli';
const LINK = 'node_modules/.bin/facenet-web';
const WINDOWS_SHIM = '@node "%~dp0\\..\\..\\dist-cli\\facenet-web.js" %*\r\n';

/**
 * Makes `npx facenet-web` run the file itself. A `bin` entry in package.json would do so too, but there npx installs
 * the clone into its own cache first, which builds everything a second time.
 */
function npxCommand(): Plugin {
  return {
    name: 'facenet-web:npx-command',
    writeBundle() {
      chmodSync(`${OUT}/facenet-web.js`, 0o755);
      mkdirSync('node_modules/.bin', { recursive: true });
      rmSync(LINK, { force: true });
      if (process.platform !== 'win32') {
        symlinkSync(`../../${OUT}/facenet-web.js`, LINK);
        return;
      }
      writeFileSync(LINK, ''); // npx looks for this name, the shell for the next
      writeFileSync(`${LINK}.cmd`, WINDOWS_SHIM);
    },
  };
}

/** Builds the command line (Node side) into dist-cli/; the page side is built by vite.config.ts. */
export default defineConfig({
  publicDir: false,
  plugins: [npxCommand(), thirdPartyLicences().pages],
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
