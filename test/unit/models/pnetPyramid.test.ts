import { describe, expect, it } from 'vitest';
import { pnet } from '../../../src/models/pnet';
import { CELL_NUMBERS, pnetPyramid } from '../../../src/models/pnetPyramid';
import { weightShapes } from '../../../src/nn/shapes';
import { largestError, randomNumbers, randomWeights } from '../../fixtures/randomWeights';
import { referenceRun } from '../../fixtures/referenceOps';

const sizes = [
  { height: 50, width: 64 },
  { height: 31, width: 39 },
  { height: 15, width: 20 },
];

describe('pnetPyramid', () => {
  it('uses the weights of P-Net and no others', () => {
    expect(weightShapes(pnetPyramid(sizes).graph)).toEqual(weightShapes(pnet({ height: 12, width: 12 })));
  });

  it('gives what P-Net gives on each level', () => {
    const { graph, levels } = pnetPyramid(sizes);
    const weights = randomWeights(graph, 1);
    const inputs = sizes.map(({ height, width }, i) => randomNumbers(height * width * 3, i + 1));
    const output = referenceRun(graph, weights, inputs).get(graph.outputs[0]!)!.data;
    levels.forEach((level, i) => {
      const alone = pnet(sizes[i]!);
      const single = referenceRun(alone, weights, [inputs[i]!]);
      const [probability, regression] = alone.outputs.map((name) => single.get(name)!.data);
      for (let n = 0; n < level.rows * level.columns; n++) {
        const expected = [...probability!.subarray(n * 2, n * 2 + 2), ...regression!.subarray(n * 4, n * 4 + 4)];
        const at = level.offset + n * CELL_NUMBERS;
        expect(largestError(output.subarray(at, at + CELL_NUMBERS), expected)).toBe(0);
      }
    });
    const last = levels.at(-1)!;
    expect(last.offset + last.rows * last.columns * CELL_NUMBERS).toBe(output.length);
  });

  it('says where each level lies', () => {
    expect(pnetPyramid(sizes.slice(0, 2)).levels).toEqual([
      { rows: 20, columns: 27, offset: 0 },
      { rows: 11, columns: 15, offset: 3240 },
    ]);
  });

  it('takes a single level', () => {
    const { graph, levels } = pnetPyramid([{ height: 12, width: 12 }]);
    expect(levels).toEqual([{ rows: 1, columns: 1, offset: 0 }]);
    expect(graph.outputs).toHaveLength(1);
  });

  it('refuses a level smaller than a cell', () => {
    expect(() => pnetPyramid([{ height: 5, width: 64 }])).toThrow('too few');
  });
});
