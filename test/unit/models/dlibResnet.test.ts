import { describe, expect, it } from 'vitest';
import { dlibResnet } from '../../../src/models/dlibResnet';
import { inferShapes, weightShapes } from '../../../src/nn/shapes';
import { entries, faceApiManifest } from '../../fixtures/faceApiManifest';

describe('dlibResnet', () => {
  it('halves as the original does and gives 128 numbers', () => {
    const shapes = inferShapes(dlibResnet({ batch: 2 }));
    expect(shapes.get('DlibResnet/conv32_3/relu')).toEqual([2, 35, 35, 32]);
    expect(shapes.get('DlibResnet/conv64_3/relu')).toEqual([2, 17, 17, 64]);
    expect(shapes.get('DlibResnet/conv128_2/relu')).toEqual([2, 8, 8, 128]);
    expect(shapes.get('DlibResnet/conv256_2/relu')).toEqual([2, 4, 4, 256]);
    expect(shapes.get('DlibResnet/conv256_down_out/relu')).toEqual([2, 2, 2, 256]);
    expect(shapes.get('DlibResnet/fc')).toEqual([2, 128]);
  });

  it('needs exactly the weights that the package ships', () => {
    const rename = (name: string) =>
      `DlibResnet/${name}`
        .replace(/\/conv\/filters$/, '/weights')
        .replace(/\/conv\/bias$/, '/biases')
        .replace(/\/scale\/weights$/, '/scale')
        .replace(/\/scale\/biases$/, '/offset')
        .replace(/\/fc$/, '/fc/weights');
    const published = [...faceApiManifest('face_recognition_model')].map(
      ([name, s]) => [rename(name), entries(s)] as const,
    );
    const ours = [...weightShapes(dlibResnet({ batch: 1 }))].map(([name, s]) => [name, entries(s)] as const);
    expect(new Map(ours)).toEqual(new Map(published));
  });
});
