import { expect, test } from 'vitest';
import { csvFile, notFormula } from '../../../../src/app/shell/csv';

test.each(['=cmd()', '+1', '-1+2', '@SUM(A1)', ' =1', '\t=1', '\r=1', '\n=1', '\tAda', '＝1', '＋1', '－1', '＠a'])(
  '%j stays text in a spreadsheet',
  (name) => {
    expect(notFormula(name).replace(/(?<=[\t\r\n])'/, '')).toBe(`'${name}`);
  },
);

test.each([
  [";=cmd|'/c calc'!A0;", ";'=cmd|'/c calc'!A0;"],
  ['Ada; +1', "Ada;' +1"],
  ['Ada\t@x', "Ada\t'@x"],
  ['a\r\n-1', "a\r'\n'-1"],
])('%j is no formula where its second part is a cell of its own', (name, safe) => {
  expect(notFormula(name)).toBe(safe);
});

test('names that are no formulas stay as they are', () => {
  for (const name of ['Ada = Bo', 'Ada-Lou', 'a; b', 'a@b']) expect(notFormula(name)).toBe(name);
});

test('texts are always quoted, quotes doubled, numbers as they are', () => {
  const rows = [
    ['Ada "the first", <b>Bo</b>', { plain: '0.5' }],
    ['', { plain: '' }],
    ['=1', { plain: '-1' }],
  ];
  expect(csvFile(['name', 'x'], rows)).toBe('name,x\r\n"Ada ""the first"", <b>Bo</b>",0.5\r\n"",\r\n"\'=1",-1\r\n');
});
