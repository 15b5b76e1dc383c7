/**
 * `npm test`: everything that proves the project, stage after stage, in a real browser too. Ends at the first stage that
 * fails, and always with one line `N passed, N failed, N skipped`: the tests of the stages that ran, a stage without
 * tests of its own counted as one.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { audit } from './audit.js';

const reports = mkdtempSync(join(tmpdir(), 'facenet-web-test-'));
const env = { ...process.env };
process.on('exit', () => rmSync(reports, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));

const npmCli = process.env.npm_execpath;
if (!npmCli) throw new Error('Run it as: npm test');
const npm = (script) => run([npmCli, 'run', script]);

const STAGES = [
  { name: 'Build', run: () => npm('build') },
  { name: 'Chromium', run: chromium },
  { name: 'Models', run: () => run(['dist-cli/facenet-web.js', 'models', '--get']) },
  { name: 'Format, lint, types', run: () => atOnce(['lint', 'typecheck']) },
  { name: 'Known vulnerabilities', run: vulnerabilities },
  { name: 'Unit tests', run: () => vitest('unit') },
  { name: 'Tests in the browser', run: () => vitest('browser') },
  { name: 'A person’s paths', run: playwright },
];

/** Runs a script in Node with its output shown; resolves to whether it ended well. */
function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit', env });
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
}

/** Runs scripts that use one core each side by side, and shows what each printed when it has ended. */
async function atOnce(scripts) {
  const ended = await Promise.all(
    scripts.map(
      (script) =>
        new Promise((resolve) => {
          const child = spawn(process.execPath, [npmCli, 'run', script], { stdio: ['ignore', 'pipe', 'pipe'], env });
          const printed = [];
          for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => printed.push(bytes));
          child.once('error', () => resolve(false));
          child.once('close', (code) => {
            process.stdout.write(Buffer.concat(printed));
            resolve(code === 0);
          });
        }),
    ),
  );
  return ended.every((fine) => fine);
}

/** Of the packages that run; skipped, and said, where the registry cannot be asked. */
async function vulnerabilities() {
  const { asked, reason, findings } = await audit(npmCli);
  if (!asked) console.log(`The registry could not be asked: ${reason}`);
  for (const finding of findings ?? []) console.error(finding);
  return { passed: Number(asked && findings.length === 0), failed: findings?.length ?? 0, skipped: Number(!asked) };
}

/** Finds Chromium or installs it, and has all later stages use that one. */
async function chromium() {
  const { ensureChromium } = await import('../dist-cli/chromium.js');
  env.CHROMIUM_PATH = await ensureChromium();
  console.log(env.CHROMIUM_PATH);
  return true;
}

async function vitest(project) {
  const report = join(reports, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const fine = await run(['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...reporters]);
  return counted(fine, report, (json) => ({
    passed: json.numPassedTests,
    failed: json.numFailedTests,
    skipped: json.numPendingTests + json.numTodoTests,
  }));
}

async function playwright() {
  const report = join(reports, 'e2e.json');
  env.PLAYWRIGHT_JSON_OUTPUT_FILE = report;
  const fine = await run(['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json']);
  return counted(fine, report, ({ stats }) => ({
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    skipped: stats.skipped,
  }));
}

/** A stage can fail without a failing test (a file that does not load): that is one failure too. */
function counted(fine, report, read) {
  const counts = existsSync(report)
    ? read(JSON.parse(readFileSync(report, 'utf8')))
    : { passed: 0, failed: 0, skipped: 0 };
  return fine || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];
for (const stage of STAGES) {
  console.log(`\n── ${stage.name}`);
  const start = Date.now();
  const result = await stage.run().catch((error) => {
    console.error(error.message);
    return false;
  });
  const counts = typeof result === 'boolean' ? { passed: Number(result), failed: Number(!result), skipped: 0 } : result;
  for (const key of Object.keys(total)) total[key] += counts[key];
  const seconds = `${((Date.now() - start) / 1000).toFixed(1)} s`;
  lines.push(
    `${stage.name.padEnd(22)}${seconds.padStart(9)}  ${counts.failed > 0 ? 'FAILED' : 'passed'}` +
      (typeof result === 'boolean' ? '' : ` (${counts.passed} tests, ${counts.skipped} skipped)`),
  );
  if (counts.failed > 0) break;
}
for (const { name } of STAGES.slice(lines.length)) lines.push(`${name.padEnd(22)}           not run`);

console.log(`\n${lines.join('\n')}\n\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
