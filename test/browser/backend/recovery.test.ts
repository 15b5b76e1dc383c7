import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEngine } from '../../../src/backend/createEngine';
import { withRecovery } from '../../../src/backend/recovery';
import type { EngineName } from '../../../src/core/types';
import type { Engine } from '../../../src/nn/executor';
import { largestError } from '../../fixtures/randomWeights';
import { needsWebgpu } from '../webgpu';
import { EXPECTED, GRAPH, INPUT, WEIGHTS } from './support';

const devices: GPUDevice[] = [];
const { requestDevice } = globalThis.GPUAdapter?.prototype ?? {};
const { requestAdapter } = globalThis.GPU?.prototype ?? {};

beforeEach(async (context) => {
  await needsWebgpu(context);
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor);
    devices.push(device);
    return device;
  };
});
afterEach(() => {
  GPUAdapter.prototype.requestDevice = requestDevice;
  GPU.prototype.requestAdapter = requestAdapter;
});

async function start(name: EngineName): Promise<Engine> {
  const create = () => createEngine({ engine: name, backend: 'webgpu' });
  return withRecovery(await create(), create);
}
const lastDevice = () => devices.at(-1)!;

describe.each<EngineName>(['litert', 'tfjs'])('a lost device under %s', (name) => {
  test('is replaced between calls: the next call gives the same numbers', async () => {
    const engine = await start(name);
    const reasons: string[] = [];
    engine.onLost((reason) => reasons.push(reason));
    const executor = await engine.prepare(GRAPH, WEIGHTS);
    const [before] = await executor.run([INPUT]);
    const lost = lastDevice();
    lost.destroy();
    await lost.lost;
    const [after] = await executor.run([INPUT]);
    expect(lastDevice()).not.toBe(lost);
    expect(largestError(after!, EXPECTED)).toBeLessThan(1e-5);
    expect(largestError(before!, after!)).toBeLessThan(1e-6);
    expect(reasons).toHaveLength(1);
    engine.dispose();
  });

  test('is replaced in the middle of a call', async () => {
    const engine = await start(name);
    const executor = await engine.prepare(GRAPH, WEIGHTS);
    const running = executor.run([INPUT]);
    await Promise.resolve();
    lastDevice().destroy();
    expect(largestError((await running)[0]!, EXPECTED)).toBeLessThan(1e-5);
    engine.dispose();
  });

  test('is replaced twice, for two networks at once, and what is prepared later works', async () => {
    const engine = await start(name);
    const both = [await engine.prepare(GRAPH, WEIGHTS), await engine.prepare(GRAPH, WEIGHTS)];
    for (let i = 0; i < 2; i++) {
      const before = devices.length;
      lastDevice().destroy();
      const results = await Promise.all(both.map((executor) => executor.run([INPUT])));
      for (const [output] of results) expect(largestError(output!, EXPECTED)).toBeLessThan(1e-5);
      expect(devices.length).toBe(before + 1);
    }
    const later = await engine.prepare(GRAPH, WEIGHTS);
    expect(largestError((await later.run([INPUT]))[0]!, EXPECTED)).toBeLessThan(1e-5);
    engine.dispose();
  });
});

test('a device that cannot be had again is an error with its code', async () => {
  const engine = await start('litert');
  const executor = await engine.prepare(GRAPH, WEIGHTS);
  GPU.prototype.requestAdapter = () => Promise.resolve(null);
  lastDevice().destroy();
  await expect(executor.run([INPUT])).rejects.toMatchObject({ code: 'backend/device-lost' });
  engine.dispose();
});
