import { runnerImport } from 'vite';

/** `node scripts/readmePictures.js`: takes the README's pictures from the built app. */
const { module } = await runnerImport('./scripts/readmePictures.ts', { configFile: false, logLevel: 'error' });
await module.takePictures();
