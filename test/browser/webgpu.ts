import { inject, type TestContext } from 'vitest';
import { adapterKind } from '../../src/nn/litertGpu';

/** Skips the test, saying why, where there is no WebGPU; fails it when such a skip is not allowed. */
export async function needsWebgpu(context: TestContext): Promise<void> {
  if ((await adapterKind()) !== 'none') return;
  if (inject('expectWebgpu')) throw new Error('there is no WebGPU adapter, and EXPECT_WEBGPU=1');
  context.skip('there is no WebGPU adapter');
}
