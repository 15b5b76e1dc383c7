import { describe, expect, it } from 'vitest';
import { verdict } from '../../../scripts/audit.js';

/** As `npm audit --json` prints it. */
const report = (vulnerabilities: Record<string, object>) =>
  JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: { vulnerabilities: { high: 0 } } });
const finding = (name: string, severity: string, via: unknown[]) => ({ name, severity, range: '<1.2.3', via });

describe('what npm audit printed', () => {
  it('nothing known ends nothing', () => {
    expect(verdict(report({}))).toEqual({ asked: true, findings: [] });
    const low = { a: finding('a', 'moderate', [{ title: 'T', url: 'https://x' }]), b: finding('b', 'low', ['a']) };
    expect(verdict(report(low))).toEqual({ asked: true, findings: [] });
  });

  it('a high or critical one is named with its advisory, and what has it through another', () => {
    const known = {
      a: finding('a', 'high', [{ title: 'Reads anything', url: 'https://advisory/1' }]),
      b: finding('b', 'critical', ['a']),
    };
    expect(verdict(report(known))).toEqual({
      asked: true,
      findings: ['a <1.2.3 (high): Reads anything https://advisory/1', 'b <1.2.3 (critical): by a'],
    });
  });

  it.each([
    [
      'a mirror without that service',
      '{"message":"405 Method Not Allowed","statusCode":405}',
      '405 Method Not Allowed',
    ],
    ['no network', '{"error":{"code":"ENOTFOUND","summary":"request failed"}}', 'request failed'],
    ['nothing', '', 'npm audit gave no report'],
    ['something else', 'null', 'npm audit gave no report'],
  ])('%s is said, and is no finding', (_what, printed, reason) => {
    expect(verdict(printed)).toEqual({ asked: false, reason });
  });
});
