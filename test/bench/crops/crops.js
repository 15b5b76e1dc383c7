import { runnerImport } from 'vite';

// TypeScript, as what it measures: Vite loads it here and serves it to the browser, as for the bench.
const { module } = await runnerImport('./test/bench/crops/explore.ts', { configFile: false, logLevel: 'error' });
process.exitCode = await module.main(process.argv.slice(2));
