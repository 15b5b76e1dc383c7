/**
 * Asks the registry for known vulnerabilities of the packages that the app and the command line run with, and ends with 1
 * at a high or critical one. A registry that cannot be asked (no network, or a registry without that service) is reported, and the
 * tests continue.
 */
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';

/** What `npm audit --json` printed: whether it could ask, else the reason; and the findings that fail the tests. */
export function verdict(printed) {
  let report;
  try {
    report = JSON.parse(printed);
  } catch {
    return { asked: false, reason: 'npm audit gave no report' };
  }
  if (!report?.metadata?.vulnerabilities || typeof report.vulnerabilities !== 'object')
    return { asked: false, reason: report?.message ?? report?.error?.summary ?? 'npm audit gave no report' };
  const severe = Object.values(report.vulnerabilities).filter(({ severity }) => /^(high|critical)$/.test(severity));
  const findings = severe.map(({ name, severity, range, via }) => {
    const titles = via.filter((each) => typeof each === 'object').map(({ title, url }) => `${title} ${url}`);
    return `${name} ${range} (${severity}): ${titles.join('; ') || `by ${via.join(', ')}`}`;
  });
  return { asked: true, findings };
}

/** Runs `npm audit`; resolves to its verdict. */
export function audit(npmCli) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [npmCli, 'audit', '--omit=dev', '--json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 60_000,
    });
    const printed = [];
    child.stdout.on('data', (bytes) => printed.push(bytes));
    child.once('error', (error) => resolve({ asked: false, reason: error.message }));
    child.once('close', () => resolve(verdict(Buffer.concat(printed).toString())));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const npmCli = process.env.npm_execpath;
  if (!npmCli) throw new Error('Run it as: npm run audit');
  const { asked, reason, findings } = await audit(npmCli);
  if (!asked) console.log(`Known vulnerabilities could not be asked for: ${reason}`);
  else if (findings.length === 0) console.log('No high or critical vulnerability is known of the packages that run.');
  else console.error(findings.join('\n'));
  process.exitCode = findings?.length > 0 ? 1 : 0;
}
