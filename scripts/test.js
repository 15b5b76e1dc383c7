/**
 * `npm test`: everything that proves the project, stage after stage, in a real browser too. Ends at the first stage that
 * fails, and always with the slowest tests and one line `N passed, N failed, N skipped`: the tests of the stages that ran,
 * a stage without tests of its own counted as one.
 *
 * `npm test -- photos`: only the tests with that word in their path, title or tag, without lint and types.
 *
 * Lint and types use one core each for minutes: they run beside the tests, with what those leave of the processor.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { audit } from './audit.js';

const [tag] = process.argv.slice(2);
const reports = mkdtempSync(join(tmpdir(), 'facenet-web-test-'));
const env = { ...process.env };
const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill();
  rmSync(reports, { recursive: true, force: true });
});
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));

const npmCli = process.env.npm_execpath;
if (!npmCli) throw new Error('Run it as: npm test');
const script = (name) => [npmCli, 'run', name];

const BUILD = [
  { name: 'Build', run: () => run(script('build')) },
  { name: 'Size', run: () => run(['scripts/size.js']) },
  { name: 'Chromium', run: chromium },
  { name: 'Models', run: () => run(['dist-cli/facenet-web.js', 'models', '--get']) },
];
const TESTS = [
  { name: 'Unit tests', run: () => vitest('unit') },
  { name: 'Tests in the browser', run: () => vitest('browser') },
  { name: 'A person’s paths', run: playwright },
];
const STAGES = tag
  ? [...BUILD, ...TESTS]
  : [
      ...BUILD,
      { name: 'Known vulnerabilities', run: vulnerabilities },
      ...TESTS,
      { name: 'Format, lint, types', beside: () => inTurn(['lint', 'typecheck']) },
    ];

/** Runs a script in Node with its output shown; resolves to whether it ended well. */
function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit', env });
    children.add(child);
    child.once('error', () => resolve(false));
    child.once('close', (code) => {
      children.delete(child);
      resolve(code === 0);
    });
  });
}

/** Runs scripts one after the other at low priority; resolves to whether all ended well, and to what they printed. */
async function inTurn(names) {
  const printed = [];
  for (const name of names) {
    const fine = await new Promise((resolve) => {
      const child = spawn(process.execPath, script(name), { stdio: ['ignore', 'pipe', 'pipe'], env });
      children.add(child);
      setPriority(child.pid, constants.priority.PRIORITY_LOW);
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => printed.push(bytes));
      child.once('error', () => resolve(false));
      child.once('close', (code) => {
        children.delete(child);
        resolve(code === 0);
      });
    });
    if (!fine) return { fine, printed };
  }
  return { fine: true, printed };
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

/** Every test that ran: milliseconds, and what it is called. */
const timed = [];

async function vitest(project) {
  const report = join(reports, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const chosen = tag ? [tag, '--passWithNoTests'] : [];
  const fine = await run(['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...reporters, ...chosen]);
  return counted(fine, report, (json) => {
    for (const { name: file, assertionResults } of json.testResults)
      for (const { duration, title } of assertionResults)
        timed.push({ ms: duration ?? 0, name: `${relative('.', file)}: ${title}` });
    return {
      passed: json.numPassedTests,
      failed: json.numFailedTests,
      skipped: json.numPendingTests + json.numTodoTests,
    };
  });
}

async function playwright() {
  const report = join(reports, 'e2e.json');
  env.PLAYWRIGHT_JSON_OUTPUT_FILE = report;
  env.E2E_BUILT = '1';
  const chosen = tag ? ['--grep', tag, '--pass-with-no-tests'] : [];
  const fine = await run(['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json', ...chosen]);
  return counted(fine, report, ({ stats, suites }) => {
    suites.forEach(timeSpecs);
    return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
  });
}

function timeSpecs({ file, specs, suites = [] }) {
  for (const { title, tests } of specs)
    for (const { results } of tests)
      timed.push({ ms: results.reduce((sum, { duration }) => sum + duration, 0), name: `test/e2e/${file}: ${title}` });
  suites.forEach(timeSpecs);
}

/** A stage can fail without a failing test (a file that does not load): that is one failure too. */
function counted(fine, report, read) {
  const counts = existsSync(report)
    ? read(JSON.parse(readFileSync(report, 'utf8')))
    : { passed: 0, failed: 0, skipped: 0 };
  return fine || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`.padStart(9);
const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];
const started = Date.now();

for (const stage of STAGES) {
  console.log(`\n── ${stage.name}`);
  const start = Date.now();
  const result = await (stage.beside ? besideEnded(stage) : stage.run()).catch((error) => {
    console.error(error.message);
    return false;
  });
  const counts = typeof result === 'boolean' ? { passed: Number(result), failed: Number(!result), skipped: 0 } : result;
  for (const key of Object.keys(total)) total[key] += counts[key];
  lines.push(
    `${stage.name.padEnd(22)}${seconds(Date.now() - start)}  ${counts.failed > 0 ? 'FAILED' : 'passed'}` +
      (typeof result === 'boolean' ? '' : ` (${counts.passed} tests, ${counts.skipped} skipped)`),
  );
  if (counts.failed > 0) break;
  // What they read is made by now.
  if (stage === BUILD.at(-1)) for (const other of STAGES) other.running = other.beside?.();
}
for (const { name } of STAGES.slice(lines.length)) lines.push(`${name.padEnd(22)}           not run`);

async function besideEnded({ running }) {
  const { fine, printed } = await running;
  process.stdout.write(Buffer.concat(printed));
  return fine;
}

timed.sort((a, b) => b.ms - a.ms);
console.log(
  `\nThe slowest tests\n${timed
    .slice(0, 20)
    .map(({ ms, name }) => `${seconds(ms)}  ${name}`)
    .join('\n')}`,
);
console.log(`\n${lines.join('\n')}\n${'All'.padEnd(22)}${seconds(Date.now() - started)}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);
