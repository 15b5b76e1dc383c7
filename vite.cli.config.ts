import { defineConfig } from 'vite';

/** Builds the command line (Node side) into dist-cli/; the page side is built by vite.config.ts. */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist-cli',
    emptyOutDir: true,
    rolldownOptions: {
      input: { 'facenet-web': 'src/harness/cli/main.ts' },
      output: { entryFileNames: '[name].js' },
    },
  },
});
