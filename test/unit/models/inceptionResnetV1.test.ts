import { describe, expect, it } from 'vitest';
import { inceptionCutPoints, inceptionResnetV1 } from '../../../src/models/inceptionResnetV1';
import { inferShapes, weightShapes } from '../../../src/nn/shapes';

const SCOPE = 'InceptionResnetV1';
const count = (shapes: Iterable<number[]>) => [...shapes].reduce((sum, s) => sum + s.reduce((a, b) => a * b, 1), 0);

describe('inceptionResnetV1', () => {
  it('has the sizes of the original after each stage', () => {
    const shapes = inferShapes(inceptionResnetV1({ batch: 2, folded: true }));
    expect(shapes.get(`${SCOPE}/Conv2d_1a_3x3`)).toEqual([2, 79, 79, 32]);
    expect(shapes.get(`${SCOPE}/Conv2d_2b_3x3/Relu`)).toEqual([2, 77, 77, 64]);
    expect(shapes.get(`${SCOPE}/MaxPool_3a_3x3`)).toEqual([2, 38, 38, 64]);
    expect(shapes.get(`${SCOPE}/Repeat/block35_5`)).toEqual([2, 17, 17, 256]);
    expect(shapes.get(`${SCOPE}/Repeat_1/block17_10`)).toEqual([2, 8, 8, 896]);
    expect(shapes.get(`${SCOPE}/Block8`)).toEqual([2, 3, 3, 1792]);
    expect(shapes.get('embeddings')).toEqual([2, 512]);
  });

  it('folded has a weight for each of the 266 published files', () => {
    const weights = weightShapes(inceptionResnetV1({ batch: 1, folded: true }));
    expect(weights.size).toBe(266);
    expect(weights.get(`${SCOPE}/Repeat/block35_1/Branch_2/Conv2d_0c_3x3/weights`)).toEqual([32, 3, 3, 32]);
    expect(weights.get(`${SCOPE}/Repeat_1/block17_10/Branch_1/Conv2d_0b_1x7/weights`)).toEqual([128, 1, 7, 128]);
    expect(weights.get(`${SCOPE}/Repeat_2/block8_5/Conv2d_1x1/biases`)).toEqual([1792]);
    expect(weights.get(`${SCOPE}/Bottleneck/weights`)).toEqual([512, 1792]);
  });

  it('unfolded has the 23.5 million numbers of the original', () => {
    const weights = weightShapes(inceptionResnetV1({ batch: 1, folded: false }));
    expect(weights.has(`${SCOPE}/Bottleneck/biases`)).toBe(false);
    expect(weights.get(`${SCOPE}/Conv2d_1a_3x3/BatchNorm/moving_variance`)).toEqual([32]);
    // the sum over facenet-pytorch's state dict without its gammas (all 1) and counters
    expect(count(weights.values())).toBe(23_497_424);
  });

  it('takes any embedding size and can end with the prelogits', () => {
    const graph = inceptionResnetV1({ batch: 1, embeddingSize: 128, folded: true, normalise: false });
    expect(inferShapes(graph).get(graph.outputs[0]!)).toEqual([1, 128]);
    expect(graph.nodes.some((node) => node.op === 'l2Normalise')).toBe(false);
  });

  it('can be cut after the stem, every block and every reduction', () => {
    for (const folded of [true, false]) {
      const names = inceptionResnetV1({ batch: 1, folded }).nodes.map((node) => node.name);
      const places = inceptionCutPoints().map((name) => names.indexOf(name));
      expect(places).toHaveLength(24);
      expect(places.every((place, i) => place > (places[i - 1] ?? 0))).toBe(true);
    }
  });
});

it.each([
  { width: 0.25, size: 160 },
  { width: 0.3, size: 80 },
  { width: 0.05, size: 75 },
])('a smaller network of the same shape: width $width at $size px', ({ width, size }) => {
  const graph = inceptionResnetV1({ batch: 2, folded: false, embeddingSize: 64, width, size });
  const whole = inceptionResnetV1({ batch: 2, folded: false });
  expect(inferShapes(graph).get('embeddings')).toEqual([2, 64]);
  expect(graph.nodes.map(({ name }) => name)).toEqual(whole.nodes.map(({ name }) => name));
  const [small, large] = [weightShapes(graph), weightShapes(whole)];
  const conv = 'InceptionResnetV1/Conv2d_2b_3x3/weights';
  expect(small.get(conv)![0]).toBe(Math.round(large.get(conv)![0]! * width));
});
