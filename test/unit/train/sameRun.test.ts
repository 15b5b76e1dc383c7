import { expect, test } from 'vitest';
import type { Node } from '../../../src/nn/graph';
import { completeConfig } from '../../../src/train/config/config';
import { checkSameConfig, checkSameData, checkSameShapes, dataPrint } from '../../../src/train/sameRun';

const otherRun = (what: string) =>
  expect.objectContaining({ code: 'train/other-run', details: expect.objectContaining({ what }) });

test('data are distinguished by number and order of their classes', () => {
  // FNV-1a of the bytes 00000000 01000000 02010000, computed apart.
  expect(dataPrint(Int32Array.of(0, 1, 258))).toEqual({ samples: 3, hash: 0x641a3501 });
  const print = dataPrint(Int32Array.of(0, 0, 1));
  checkSameData(print, dataPrint(Int32Array.of(0, 0, 1)));
  expect(() => checkSameData(print, dataPrint(Int32Array.of(0, 1, 0)))).toThrow(
    otherRun('order of pictures and people'),
  );
  expect(() => checkSameData(print, dataPrint(Int32Array.of(0, 0)))).toThrow(otherRun('number of pictures'));
});

test('a run may be made longer and saved more often, and nothing else of its configuration may change', () => {
  const config = completeConfig({ loss: 'softmax', epochs: 3 });
  checkSameConfig(config, completeConfig({ loss: 'softmax', epochs: 30, checkpointSteps: 2 }));
  for (const change of [
    { seed: 1 },
    { batch: 7 },
    { augment: { flip: true } },
    { optimiser: 'MOM' },
    { averageDecay: 0.5 },
  ])
    expect(() => checkSameConfig(config, completeConfig({ loss: 'softmax', ...change }))).toThrow(
      otherRun(Object.keys(change)[0]!),
    );
});

test('every tensor of a run must be there, of its shape, and no other', () => {
  // Only a head learns: 4 people on 3 numbers, momentum's one slot, no average, centres.
  const input: Node = { op: 'input', name: 'features', shape: [1, 3], inputs: [] };
  const graph = { name: 'none', nodes: [input], outputs: ['features'] };
  const model = { graph, classes: 4, trainable: ['Logits/weights'] };
  const config = completeConfig({ optimiser: 'MOM', averageDecay: 0, centreLoss: 0.1, embeddingSize: 3 });
  const shapes: [string, number[]][] = [
    ['weights/Logits/weights', [4, 3]],
    ['weights/Logits/biases', [4]],
    ['slots/Logits/weights/accumulator', [4, 3]],
    ['centres/centres', [4, 3]],
  ];
  const tensors = (changed: Record<string, number[] | null> = {}) =>
    new Map(
      Object.entries({ ...Object.fromEntries(shapes), ...changed }).flatMap(([name, shape]) =>
        shape ? [[name, { shape }] as const] : [],
      ),
    );
  checkSameShapes(tensors(), model, config);
  const slot = 'slots/Logits/weights/accumulator';
  expect(() => checkSameShapes(tensors({ [slot]: null }), model, config)).toThrow(otherRun(`shape of ${slot}`));
  expect(() => checkSameShapes(tensors({ [slot]: [3, 4] }), model, config)).toThrow(otherRun(`shape of ${slot}`));
  expect(() => checkSameShapes(tensors({ 'averages/x': [1] }), model, config)).toThrow(otherRun('network'));
});
