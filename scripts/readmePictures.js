import { runnerImport } from 'vite';

/** `node scripts/readmePictures.js`: takes README's pictures anew from the built app. */
const { module } = await runnerImport('./scripts/readmePictures.ts', { configFile: false, logLevel: 'error' });
await module.takePictures();
