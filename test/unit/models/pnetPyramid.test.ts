import { describe, expect, it } from 'vitest';
import { pnet } from '../../../src/models/pnet';
import { CELL_NUMBERS, pnetPyramid, type Reduction } from '../../../src/models/pnetPyramid';
import { inferShapes, weightShapes } from '../../../src/nn/shapes';
import { largestError, randomNumbers, randomWeights } from '../../fixtures/randomWeights';
import { referenceRun } from '../../fixtures/referenceOps';

const size = { height: 50, width: 64 };
const scales = [1, 0.6, 0.3];
const image = randomNumbers(size.height * size.width * 3, 1);

describe('pnetPyramid', () => {
  it('uses the weights of P-Net and no others', () => {
    const { graph } = pnetPyramid({ ...size, scales, reduction: 'mip' });
    expect(weightShapes(graph)).toEqual(weightShapes(pnet({ height: 12, width: 12 })));
  });

  it.each<Reduction>(['direct', 'chain', 'mip'])('gives what P-Net gives on each %s reduced copy', (reduction) => {
    const { graph, levels } = pnetPyramid({ ...size, scales, reduction });
    const weights = randomWeights(graph, 1);
    const values = referenceRun(graph, weights, [image]);
    const output = values.get(graph.outputs[0]!)!.data;
    levels.forEach((level, i) => {
      const picture = values.get(i === 0 ? 'PNet/input' : `PNet/level${i}`)!;
      const [, height, width] = picture.shape as [number, number, number];
      const alone = pnet({ height, width });
      const single = referenceRun(alone, weights, [picture.data]);
      const [probability, regression] = alone.outputs.map((name) => single.get(name)!.data);
      const cell = (n: number) =>
        output.subarray(level.offset + n * CELL_NUMBERS, level.offset + (n + 1) * CELL_NUMBERS);
      for (let n = 0; n < level.rows * level.columns; n++) {
        const expected = [...probability!.subarray(n * 2, n * 2 + 2), ...regression!.subarray(n * 4, n * 4 + 4)];
        expect(largestError(cell(n), expected)).toBe(0);
      }
    });
    const last = levels.at(-1)!;
    expect(last.offset + last.rows * last.columns * CELL_NUMBERS).toBe(output.length);
  });

  it('says how much each level is reduced', () => {
    const { levels } = pnetPyramid({ ...size, scales: [1, 0.709], reduction: 'direct' });
    expect(levels).toEqual([
      { scaleX: 1, scaleY: 1, rows: 20, columns: 27, offset: 0 },
      { scaleX: 46 / 64, scaleY: 36 / 50, rows: 13, columns: 18, offset: 3240 },
    ]);
  });

  it('halves before it resizes, leaving out an odd row', () => {
    const { graph, levels } = pnetPyramid({ height: 101, width: 200, scales: [0.2], reduction: 'mip' });
    expect(inferShapes(graph).get('PNet/half50×25')).toEqual([1, 25, 50, 3]);
    expect(levels[0]).toMatchObject({ scaleX: 40 / 200, scaleY: 21 / 100 });
  });

  it('refuses a level smaller than a cell', () => {
    expect(() => pnetPyramid({ ...size, scales: [0.1], reduction: 'direct' })).toThrow('too few');
  });
});
