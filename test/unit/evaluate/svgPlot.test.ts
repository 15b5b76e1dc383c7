import { expect, test } from 'vitest';
import { escapeMarkup, svgPlot } from '../../../src/evaluate/svgPlot';

test('marks stand at their pixels, curves within the margins, and a title is never markup', () => {
  const svg = svgPlot({
    ...{ width: 300, height: 200, left: 40, right: 10, top: 20, bottom: 30 },
    ...{ title: '<script>“A & B”</script>', xLabel: 'step', yLabel: 'loss' },
    xMarks: [[40, '0']],
    yMarks: [[95.5, '0.5']],
    curves: ['<path d="M40 170L290 20"/>'],
  });
  expect(svg).toContain('viewBox="0 0 300 200"');
  expect(svg).toContain('d="M40.0 20V170"'); // from the top margin to the bottom one
  expect(svg).toContain('d="M40 95.5H290"'); // from the left margin to the right one
  expect(svg).toContain('<path d="M40 170L290 20"/>');
  expect(svg).not.toContain('<script>');
  expect(svg).toContain('&#60;script&#62;“A &#38; B”');
});

test('every character that means something in markup is escaped', () => {
  expect(escapeMarkup(`a<b>&"c'`)).toBe('a&#60;b&#62;&#38;&#34;c&#39;');
});
