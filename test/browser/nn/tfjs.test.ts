import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { BACKENDS } from '../../../src/core/types';
import { GraphBuilder } from '../../../src/nn/builder';
import type { Engine } from '../../../src/nn/executor';
import { createTfjsEngine } from '../../../src/nn/tfjs';
import { runGraph, uploadWeights } from '../../../src/nn/tfjsOps';
import { largestError, randomNumbers, randomWeights } from '../../fixtures/randomWeights';
import { referenceRun } from '../../fixtures/referenceOps';

const g = new GraphBuilder('small');
const conv = g.conv('c', g.input('x', [1, 8, 8, 3]), { kernel: [3, 3], out: 4, padding: 'same' });
const sum = g.add('s', [g.add('a', conv, { op: 'relu' }), conv], { op: 'add' });
const graph = g.graph([g.dense('d', g.add('m', sum, { op: 'globalAvgPool' }), { out: 5 }), sum]);
const weights = randomWeights(graph, 1);
const input = randomNumbers(8 * 8 * 3, 2);

let engine: Engine | undefined;
afterEach(() => {
  engine?.dispose();
  engine = undefined;
});

describe.each(BACKENDS)('tfjs engine on %s', (backend) => {
  const start = async () => {
    engine = await createTfjsEngine({ backend }).catch((error: unknown) => {
      if (backend === 'wasm' || inject('expectWebgpu')) throw error;
      return undefined;
    });
    return engine;
  };

  it('holds no more memory after call 110 than after call 10', async (context) => {
    const started = (await start()) ?? context.skip('there is no WebGPU here');
    const executor = await started.prepare(graph, weights);
    const run = async (times: number) => {
      for (let i = 0; i < times; i++) await executor.run([input]);
      return started.memory();
    };
    const after10 = await run(10);
    expect(after10.tensors).toBe(4);
    expect(await run(100)).toEqual(after10);
    executor.dispose();
    expect(started.memory().tensors).toBe(0);
  });

  it('says what is wrong with an input, and does not run after its end', async (context) => {
    const started = (await start()) ?? context.skip('there is no WebGPU here');
    const executor = await started.prepare(graph, weights);
    await expect(executor.run([])).rejects.toMatchObject({ code: 'nn/bad-input' });
    await expect(executor.run([new Float32Array(7)])).rejects.toThrow('7 numbers where [1,8,8,3] = 192 is needed');
    executor.dispose();
    await expect(executor.run([input])).rejects.toMatchObject({ code: 'nn/bad-input' });
  });

  it('names its adapter and can be started again', async (context) => {
    for (let i = 0; i < 2; i++) {
      const started = (await start()) ?? context.skip('there is no WebGPU here');
      const executor = await started.prepare(graph, weights);
      const [first] = await executor.run([input]);
      expect(largestError(first!, referenceRun(graph, weights, [input]).get('d')!.data)).toBeLessThan(1e-5);
      expect(executor.adapter === null).toBe(backend === 'wasm');
      started.dispose();
    }
  });
});

describe('tfjs engine', () => {
  it('uses the threads that it is given, and shares its backend with a second engine', async () => {
    engine = await createTfjsEngine({ backend: 'wasm', threads: 2 });
    expect(engine.threads).toBe(2);
    expect(engine.memory().wasmBytes).toBeGreaterThan(0);
    const second = await createTfjsEngine({ backend: 'wasm' });
    second.dispose();
    const executor = await engine.prepare(graph, weights);
    expect((await executor.run([input]))[1]).toHaveLength(8 * 8 * 4);
  });

  it('keeps two backends apart', async (context) => {
    engine = await createTfjsEngine({ backend: 'wasm' });
    const gpu = await createTfjsEngine({ backend: 'webgpu' }).catch((error: unknown) => {
      if (inject('expectWebgpu')) throw error;
      return context.skip('there is no WebGPU here');
    });
    const [a, b] = [await engine.prepare(graph, weights), await gpu.prepare(graph, weights)];
    const [[x], [y]] = await Promise.all([a.run([input]), b.run([input])]);
    expect(largestError(x!, y!)).toBeLessThan(1e-5);
    gpu.dispose();
  });

  it('says that its device was lost, to the call and to the listener, and can be started again', async (context) => {
    const requestDevice = GPUAdapter.prototype.requestDevice;
    let device: GPUDevice | undefined;
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      return (device = await requestDevice.call(this, descriptor));
    };
    const started = await createTfjsEngine({ backend: 'webgpu' }).catch((error: unknown) => {
      if (inject('expectWebgpu')) throw error;
      return context.skip('there is no WebGPU here');
    });
    GPUAdapter.prototype.requestDevice = requestDevice;
    const reason = new Promise<string>((resolve) => started.onLost(resolve));
    const executor = await started.prepare(graph, weights);
    await executor.run([input]);
    device!.destroy();
    await expect(executor.run([input])).rejects.toMatchObject({ code: 'backend/device-lost' });
    expect(await reason).toBeTruthy();
    started.dispose();
    engine = await createTfjsEngine({ backend: 'webgpu' });
    const again = await engine.prepare(graph, weights);
    expect(await again.run([input])).toHaveLength(2);
  });

  it('refuses weights that do not fit', async () => {
    engine = await createTfjsEngine({ backend: 'wasm' });
    const started = engine;
    const before = started.memory().tensors;
    await expect(started.prepare(graph, new Map())).rejects.toMatchObject({ code: 'weights/missing-tensor' });
    expect(started.memory().tensors).toBe(before);
  });
});

describe('runGraph', () => {
  it('can be differentiated by the weights', async () => {
    engine = await createTfjsEngine({ backend: 'wasm' });
    const tensors = uploadWeights(graph, weights);
    const bias = tensors.get('d/biases')!;
    const loss = (b: tf.Tensor) =>
      tf.sum(tf.square(runGraph(graph, new Map(tensors).set('d/biases', b), [tf.tensor(input, [1, 8, 8, 3])])[0]!));
    const gradient = tf.tidy(() => tf.grad(loss)(bias));
    const expected = referenceRun(graph, weights, [input])
      .get('d')!
      .data.map((v) => 2 * v);
    expect(largestError(await gradient.data(), expected)).toBeLessThan(1e-5);
    tf.dispose([gradient, ...tensors.values()]);
    expect(engine.memory().tensors).toBe(0);
  });
});
