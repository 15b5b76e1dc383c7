import { expect, test } from 'vitest';
import { ratiosOf, summarise, table } from '../../bench/report';

test('a row is the middle and the least of its samples', () => {
  expect(summarise([5, 1, 9], 'ms')).toEqual({ median: 5, min: 1, unit: 'ms' });
  expect(summarise([4, 1, 2, 9], 'ms')).toEqual({ median: 3, min: 1, unit: 'ms' });
});

test('a goal is reached or missed by medians, and left out where one of its rows is not there', () => {
  const rows = {
    'network.float32.b1': { median: 30, min: 29, unit: 'ms a face' },
    'network.int8.b1': { median: 14, min: 12, unit: 'ms a face' },
    'peer.onnxruntime.b1': { median: 100, min: 90, unit: 'ms a face' },
  };
  expect(ratiosOf(rows).map(({ row, value, reached }) => [row, value, reached])).toEqual([
    ['network.float32.b1', 0.3, true],
    ['network.int8.b1', 0.14, false],
  ]);
});

test('the table tells the rows, the goals and what was not timed', () => {
  const rows = { cold: { median: 1234.5, min: 1000, unit: 'ms' } };
  const ratios = [{ row: 'a', peer: 'b', limit: 0.3, value: 0.5, reached: false }];
  const text = table({ machine: { cpu: 'CPU', cores: 2 }, adapter: null, rows, ratios, notes: ['x was not timed'] });
  expect(text).toContain('CPU, 2; WebGPU adapter: none');
  expect(text).toMatch(/cold +1234\.5 +1000\.0 +ms/);
  expect(text).toContain('a / b = 0.500 (goal: 0.3 at most, missed)');
  expect(text).toContain('x was not timed');
});
