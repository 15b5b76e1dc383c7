import { describe, expect, it } from 'vitest';
import type { WeightTensor } from '../../../src/core/weights';
import { GraphBuilder } from '../../../src/nn/builder';
import { flushDenormals } from '../../../src/nn/flushDenormals';
import { fold } from '../../../src/nn/fold';

/** 2⁻¹²⁶, the least float32 that is not denormal. */
const LEAST_NORMAL = 2 ** -126;
const float32 = (...data: number[]): WeightTensor => ({
  dtype: 'float32',
  shape: [data.length],
  data: Float32Array.from(data),
});

describe('flushDenormals', () => {
  it('makes denormal weights zero and leaves every other number alone', () => {
    const denormals = [2 ** -149, LEAST_NORMAL - 2 ** -149, -(2 ** -130)];
    const others = [LEAST_NORMAL, -LEAST_NORMAL, 1, -2.5, Infinity, NaN, -0, 0];
    const { data } = flushDenormals(new Map([['w', float32(...denormals, ...others)]])).get('w')!;
    expect([...data]).toEqual([0, 0, 0, ...others]);
  });

  it('does not write to the given weights, and does not copy those without denormals', () => {
    const [tiny, plain] = [float32(1e-40, 1), float32(1, 2)];
    const half: WeightTensor = { dtype: 'float16', shape: [1], data: Uint16Array.of(1) };
    const flushed = flushDenormals(new Map([...Object.entries({ tiny, plain, half })]));
    expect(tiny.data[0]).not.toBe(0);
    expect(flushed.get('plain')).toBe(plain);
    expect(flushed.get('half')).toBe(half);
  });

  it('reaches weights that only folding makes denormal', () => {
    const g = new GraphBuilder('tiny');
    const y = g.add('s', g.dense('d', g.input('x', [1, 1]), { out: 2 }), { op: 'multiply', value: 1e-10 });
    const weights = new Map<string, WeightTensor>([
      ['d/weights', { ...float32(1e-31, 1), shape: [2, 1] }],
      ['d/biases', float32(0, 1e-33)],
    ]);
    const folded = fold(g.graph([y]), weights).weights;
    expect([...folded.get('d/weights')!.data]).toEqual([0, Math.fround(1e-10)]);
    expect([...folded.get('d/biases')!.data]).toEqual([0, 0]);
  });
});
