import { describe, expect, it } from 'vitest';
import { completeConfig } from '../../../src/train/config/config';
import { planRun, scratchBase, weightsBase } from '../../../src/train/plan';
import { checkStepMemory, stepMemory } from '../../../src/train/stepMemory';
import { inceptionResnetV1 } from '../../../src/models/inceptionResnetV1';
import { weightShapes } from '../../../src/nn/shapes';
import type { WeightTensor } from '../../../src/core/weights';

const PEOPLE = ['Ada', 'Bo'];
const LABELS = Int32Array.from({ length: 200 }, (_, i) => i % 2);
const config = (more = {}) => completeConfig({ optimiser: 'ADAM', averageDecay: 0, ...more });

/** Zeros of the published network's shapes. */
function folded() {
  const graph = inceptionResnetV1({ batch: 1, folded: true, normalise: false });
  const zeros = ([name, shape]: [string, number[]]): [string, WeightTensor] => {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    return [name, { dtype: 'float32', shape, data }];
  };
  return weightsBase(config(), new Map([...weightShapes(graph)].map(zeros)), {});
}

describe('the memory of a step of the full network with 8 pictures is about what tfjs took, MiB', () => {
  it.each([
    ['folded', folded, 1681],
    ['with live batch norm', () => scratchBase(config(), {}), 2099],
  ] as const)('%s', (_, base, measured) => {
    const { model } = planRun(base(), config(), 'all', PEOPLE);
    const { fixed, each } = stepMemory(model, config());
    expect(Math.abs((fixed + 8 * each) / 2 ** 20 / measured - 1)).toBeLessThan(0.15);
  });
});

describe('a step that does not fit into WebAssembly’s 4 GiB is train/too-large, and says what fits', () => {
  const { model } = planRun(scratchBase(config(), {}), config(), 'all', PEOPLE);
  const check = (more: object) => checkStepMemory(model, config(more), LABELS);
  it.each([
    { batch: 32 },
    { sampler: { kind: 'people', people: 2, picturesEach: 16 } },
    { sampler: { kind: 'people', people: 45, picturesEach: 40 } },
  ])('%j', (more) => {
    expect(() => check(more)).toThrow(expect.objectContaining({ code: 'train/too-large' }));
  });
  it('the number that it names does fit', () => {
    let most = 0;
    try {
      check({ batch: 90 });
    } catch (thrown) {
      most = (thrown as { details: { most: number } }).details.most;
    }
    expect(most).toBeGreaterThanOrEqual(12);
    check({ batch: most });
    check({ batch: 8 });
    expect(() => check({ batch: most + 1 })).toThrow('at most');
  });
});
