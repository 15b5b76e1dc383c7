import { expect, test } from 'vitest';
import { GraphBuilder } from '../../../src/nn/builder';
import { multiplyAdds } from '../../../src/nn/multiplyAdds';
import { inceptionResnetV1 } from '../../../src/models/inceptionResnetV1';

test('a 3×3 convolution and a dense layer by hand', () => {
  const g = new GraphBuilder('g');
  const conv = g.conv('c', g.input('x', [2, 5, 6, 3]), { kernel: [3, 3], out: 4 });
  const graph = g.graph([g.dense('d', g.add('f', conv, { op: 'flatten' }), { out: 7 })]);
  expect(multiplyAdds(graph)).toBe(2 * 3 * 4 * 4 * (3 * 3 * 3) + 2 * 7 * (3 * 4 * 4));
});

test('a depthwise convolution, whose window sees one channel, by hand', () => {
  const g = new GraphBuilder('g');
  const x = g.input('x', [2, 5, 6, 3]);
  const graph = g.graph([g.depthwiseConv('c', x, { kernel: [3, 3], stride: 2, padding: 'same' })]);
  expect(multiplyAdds(graph)).toBe(2 * 3 * 3 * 3 * (3 * 3));
});

test('Inception-ResNet-v1 takes the 1.42 thousand million that its authors count', () => {
  expect(multiplyAdds(inceptionResnetV1({ batch: 1, folded: true })) / 1e9).toBeCloseTo(1.42, 2);
});
