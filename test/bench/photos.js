import { runnerImport } from 'vite';

const { module } = await runnerImport('./test/bench/photos.ts', { configFile: false, logLevel: 'error' });
process.exitCode = await module.main(process.argv.slice(2));
