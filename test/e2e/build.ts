import { execSync } from 'node:child_process';

/**
 * Builds what the tests run, unless they are to take an app that is served elsewhere (`E2E_BASE_URL`) or dist and dist-cli
 * are of this checkout (`E2E_BUILT`: `npm test` has just made them). Playwright finds it as the default export.
 */
function build(): void {
  if (process.env['E2E_BASE_URL'] || process.env['E2E_BUILT'] === '1') return;
  execSync('npm run build', { stdio: 'inherit' });
}

export default build;
