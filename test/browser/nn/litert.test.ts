import { describe, expect, test } from 'vitest';
import type { BackendName } from '../../../src/core/types';
import type { Engine } from '../../../src/nn/executor';
import { createLiteRtEngine } from '../../../src/nn/litert';
import { onet } from '../../../src/models/onet';
import { pnetPyramid } from '../../../src/models/pnetPyramid';
import { EXPECTED, GRAPH, INPUT, WEIGHTS } from '../backend/support';
import { largestError, randomWeights } from '../../fixtures/randomWeights';
import { needsWebgpu } from '../webgpu';

test('runs in a module worker, with threads', async () => {
  const worker = new Worker(new URL('./litert.worker.ts', import.meta.url), { type: 'module' });
  const answer = await new Promise<MessageEvent>((resolve, reject) => {
    worker.onmessage = resolve;
    worker.onerror = ({ message }) => reject(new Error(message));
  });
  worker.terminate();
  expect(answer.data).toEqual({ threads: 2, error: expect.any(Number) as number });
  expect((answer.data as { error: number }).error).toBeLessThan(1e-5);
});

test('takes as many threads as there are cores, up to 8, unless set otherwise', async () => {
  const engine = await createLiteRtEngine({ backend: 'wasm' });
  expect(engine.threads).toBe(Math.min(navigator.hardwareConcurrency, 8));
  engine.dispose();
});

test('an input of the wrong length is named, and the next call works', async () => {
  const engine = await createLiteRtEngine({ backend: 'wasm' });
  const executor = await engine.prepare(GRAPH, WEIGHTS);
  await expect(executor.run([INPUT.subarray(1)])).rejects.toMatchObject({ code: 'nn/bad-input' });
  await expect(executor.run([])).rejects.toMatchObject({ code: 'nn/bad-input' });
  expect(largestError((await executor.run([INPUT]))[0]!, EXPECTED)).toBeLessThan(1e-5);
  engine.dispose();
});

test('a call during another one is refused, and does not change its numbers', async () => {
  const engine = await createLiteRtEngine({ backend: 'wasm' });
  const executor = await engine.prepare(GRAPH, WEIGHTS);
  const first = executor.run([INPUT]);
  await expect(executor.run([INPUT.map(() => 9)])).rejects.toMatchObject({ code: 'internal' });
  expect(largestError((await first)[0]!, EXPECTED)).toBeLessThan(1e-5);
  engine.dispose();
});

test('a network that was freed says so', async () => {
  const engine = await createLiteRtEngine({ backend: 'wasm' });
  const executor = await engine.prepare(GRAPH, WEIGHTS);
  executor.dispose();
  await expect(executor.run([INPUT])).rejects.toThrow(/after it was freed/);
  engine.dispose();
});

test('the log stays empty', async () => {
  const lines: unknown[] = [];
  const methods = ['log', 'info', 'warn', 'error', 'debug'] as const;
  const originals = methods.map((name) => console[name]);
  for (const name of methods) console[name] = (...parts: unknown[]) => lines.push(parts);
  const engine = await createLiteRtEngine({ backend: 'wasm' });
  await (await engine.prepare(GRAPH, WEIGHTS)).run([INPUT]);
  engine.dispose();
  methods.forEach((name, i) => (console[name] = originals[i]!));
  expect(lines).toEqual([]);
});

/** A pyramid of a few levels; 300 sizes, the largest first. */
function pyramid(i: number) {
  const [height, width] = [419 - ((i * 37) % 300), 559 - ((i * 53) % 400)];
  const scales = [0.6, 0.4, 0.25, 0.15];
  return pnetPyramid(scales.map((s) => ({ height: Math.round(s * height), width: Math.round(s * width) }))).graph;
}
const ONET = onet({ batch: 8 }); // enough work for several threads
const ONET_WEIGHTS = randomWeights(ONET, 4);
const PNET_WEIGHTS = randomWeights(pyramid(0), 3);

async function runOnce(engine: Engine, i: number): Promise<void> {
  const executor = await engine.prepare(pyramid(i), PNET_WEIGHTS);
  await executor.run(executor.inputShapes.map((shape) => new Float32Array(shape.reduce((a, b) => a * b, 1))));
  executor.dispose();
}

describe.each<BackendName>(['wasm', 'webgpu'])('memory on %s', (backend) => {
  test('is the same after 10 calls and after 110', async (context) => {
    if (backend === 'webgpu') await needsWebgpu(context);
    const engine = await createLiteRtEngine({ backend });
    const executor = await engine.prepare(GRAPH, WEIGHTS);
    const used = [];
    for (let call = 1; call <= 110; call++) {
      await executor.run([INPUT]);
      if (call === 10 || call === 110) used.push(engine.memory());
    }
    expect(used[1]).toEqual(used[0]);
    engine.dispose();
  });

  const [first, networks] = backend === 'wasm' ? [20, 300] : [4, 12];
  test(`does not grow over ${networks} networks of different sizes, each freed`, async (context) => {
    if (backend === 'webgpu') await needsWebgpu(context);
    const engine = await createLiteRtEngine({ backend });
    for (let i = 0; i < first; i++) await runOnce(engine, i);
    const before = engine.memory();
    for (let i = first; i < networks; i++) await runOnce(engine, i);
    expect(engine.memory()).toEqual(before);
    expect(before.tensors).toBe(0);
    engine.dispose();
    expect(engine.memory().gpuBuffers).toBe(0);
  });

  test('is there for the networks in use when another is freed', async (context) => {
    if (backend === 'webgpu') await needsWebgpu(context);
    const engine = await createLiteRtEngine({ backend });
    const [kept, freed] = [await engine.prepare(GRAPH, WEIGHTS), await engine.prepare(GRAPH, WEIGHTS)];
    await freed.run([INPUT]);
    freed.dispose();
    await runOnce(engine, 3);
    expect(largestError((await kept.run([INPUT]))[0]!, EXPECTED)).toBeLessThan(1e-5);
    engine.dispose();
  });
});

describe('threads', () => {
  /** Workers that `work` started and did not end. */
  async function leftOver(work: () => Promise<void>): Promise<number> {
    const Original = Worker;
    let alive = 0;
    globalThis.Worker = class extends Original {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        alive++;
      }
      override terminate(): void {
        alive--;
        super.terminate();
      }
    };
    await work().finally(() => (globalThis.Worker = Original));
    return alive;
  }

  test('20 networks at once, freed in one go, hang nothing, and the engine ends all threads', async () => {
    const left = await leftOver(async () => {
      const engine = await createLiteRtEngine({ backend: 'wasm', threads: 3 });
      const executors = [];
      for (let i = 0; i < 20; i++) executors.push(await engine.prepare(ONET, ONET_WEIGHTS));
      for (const executor of executors) executor.dispose();
      await runOnce(engine, 1);
      engine.dispose();
    });
    expect(left).toBe(0);
  });
});
