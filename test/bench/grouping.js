import { runnerImport } from 'vite';

const { module } = await runnerImport('./test/bench/grouping.ts', { configFile: false, logLevel: 'error' });
await module.main(process.argv.slice(2));
