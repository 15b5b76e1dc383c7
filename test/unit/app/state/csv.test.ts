import { expect, test } from 'vitest';
import { notFormula, quotedCell } from '../../../../src/app/state/csv';

test.each(['=cmd()', '+1', '-1+2', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠a'])(
  '%j stays text in a spreadsheet',
  (name) => {
    expect(notFormula(name)).toBe(`'${name}`);
    expect(quotedCell(name)).toBe(`"'${name}"`);
  },
);

test('names that are no formulas stay as they are, quotes doubled', () => {
  expect(notFormula('Ada = Bo')).toBe('Ada = Bo');
  expect(quotedCell('Ada "the first", <b>Bo</b>')).toBe('"Ada ""the first"", <b>Bo</b>"');
});
