import { expect, inject, it } from 'vitest';
import { BACKENDS, type BackendName } from '../../../src/core/types';
import type { Engine } from '../../../src/nn/executor';
import { createTfjsEngine } from '../../../src/nn/tfjs';
import { LOSSES, type LossName } from '../../../src/train/config/config';
import { train, type LoggedStep } from '../../../src/train/loop';
import { disposeState } from '../../../src/train/state';
import { registerWasmKernels } from '../../../src/train/wasmKernels';
import { MemorySink, tinyRun } from '../../fixtures/tinyTraining';

/** What two steps report, the second one showing what the first did to the weights. */
async function twoSteps(loss: LossName, backend: BackendName): Promise<LoggedStep[] | null> {
  let engine: Engine;
  try {
    engine = await createTfjsEngine({ backend });
  } catch (error) {
    if (backend === 'wasm' || inject('expectWebgpu')) throw error;
    return null;
  }
  registerWasmKernels();
  const steps: LoggedStep[] = [];
  const run = tinyRun(loss, new MemorySink(), (report) => void steps.push(report), { epochSteps: 2 });
  const before = engine.memory().tensors;
  disposeState((await train(run)).state);
  expect(engine.memory().tensors, `tensors on ${backend}`).toBe(before);
  engine.dispose();
  return steps;
}

it.for(LOSSES)('two steps with the loss %s are the same on both backends', async (loss, context) => {
  const [wasm, webgpu] = [await twoSteps(loss, BACKENDS[0]), await twoSteps(loss, BACKENDS[1])];
  expect(wasm).toHaveLength(2);
  if (!webgpu) return context.skip('there is no WebGPU here');
  wasm!.forEach((report, i) => {
    const other = webgpu[i]!;
    expect(Math.abs(other.loss / report.loss - 1)).toBeLessThan(1e-4);
    expect(Math.abs(other.gradientNorm / report.gradientNorm - 1)).toBeLessThan(1e-3);
    expect(other.accuracy).toBe(report.accuracy);
  });
});
