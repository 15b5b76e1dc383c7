import { runnerImport } from 'vite';

// The bench is TypeScript, as is what it measures: Vite loads it here and serves it to the browser.
const { module } = await runnerImport('./test/bench/bench.ts', { configFile: false, logLevel: 'error' });
process.exitCode = await module.main(process.argv.slice(2));
