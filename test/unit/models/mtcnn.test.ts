import { describe, expect, it } from 'vitest';
import { onet } from '../../../src/models/onet';
import { pnet } from '../../../src/models/pnet';
import { rnet } from '../../../src/models/rnet';
import type { Graph } from '../../../src/nn/graph';
import { inferShapes, weightShapes } from '../../../src/nn/shapes';
import { entries, faceApiManifest } from '../../fixtures/faceApiManifest';

const outputShapes = (graph: Graph) => graph.outputs.map((name) => inferShapes(graph).get(name));

describe('P-Net, R-Net, O-Net', () => {
  it('give what the original gives', () => {
    expect(outputShapes(pnet({ height: 24, width: 37 }))).toEqual([
      [1, 7, 14, 2],
      [1, 7, 14, 4],
    ]);
    expect(outputShapes(pnet({ height: 12, width: 12 }))).toEqual([
      [1, 1, 1, 2],
      [1, 1, 1, 4],
    ]);
    expect(outputShapes(rnet({ batch: 5 }))).toEqual([
      [5, 2],
      [5, 4],
    ]);
    expect(outputShapes(onet({ batch: 5 }))).toEqual([
      [5, 2],
      [5, 4],
      [5, 10],
    ]);
  });

  it.each([pnet({ height: 24, width: 24 }), rnet({ batch: 1 }), onet({ batch: 1 })])(
    '$name needs exactly the weights that the package ships',
    (graph) => {
      const published = [...faceApiManifest('mtcnn_model')].filter(([name]) =>
        name.startsWith(`${graph.name.toLowerCase()}/`),
      );
      const ours = [...weightShapes(graph)].map(([name, shape]) => [
        name
          .replace(/^.Net/, (net) => net.toLowerCase())
          .replace(/\/biases$/, '/bias')
          .replace('/alpha', '_alpha'),
        entries(shape),
      ]);
      expect(new Map(ours as [string, number][])).toEqual(
        new Map(published.map(([name, shape]) => [name, entries(shape)])),
      );
    },
  );
});
