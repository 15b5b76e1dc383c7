import { expect, test } from 'vitest';
import { launchFlags, launchSandboxed } from '../../../../src/harness/cli/launch';

const gpuFlags = (flags: string[]) => flags.filter((flag) => /webgpu|vulkan|gpu/i.test(flag));

test('WASM asks for no GPU', () => {
  expect(gpuFlags(launchFlags('wasm', 'linux', true))).toEqual([]);
});

test('a Linux machine with a GPU gets WebGPU on it, asked for or not', () => {
  expect(launchFlags('webgpu', 'linux', true)).toContain('--use-angle=vulkan');
  expect(launchFlags('auto', 'linux', true)).toContain('--use-angle=vulkan');
});

test('WebGPU in software comes only where WebGPU is asked for by name', () => {
  expect(launchFlags('webgpu', 'linux', false)).toContain('--use-webgpu-adapter=swiftshader');
  expect(gpuFlags(launchFlags('auto', 'linux', false))).toEqual([]);
});

test('other systems have WebGPU without flags', () => {
  expect(gpuFlags(launchFlags('webgpu', 'darwin', false))).toEqual([]);
});

/** What was tried, and what was said, where only the given starts work. */
async function launched(isRoot: boolean, works: (sandbox: boolean) => boolean) {
  const tried: boolean[] = [];
  const said: string[] = [];
  const launch = async (sandbox: boolean) => {
    tried.push(sandbox);
    if (!works(sandbox)) throw new Error(`no start ${sandbox ? 'with' : 'without'} a sandbox`);
    return 'browser';
  };
  const outcome = await launchSandboxed(isRoot, launch, (sentence) => said.push(sentence)).catch(String);
  return { tried, said, outcome };
}

test('Chromium runs in its sandbox, and nothing is said', async () => {
  expect(await launched(false, () => true)).toEqual({ tried: [true], said: [], outcome: 'browser' });
});

test('where the sandbox does not start, it is left out and that is said in one sentence', async () => {
  const { tried, said, outcome } = await launched(false, (sandbox) => !sandbox);
  expect([tried, outcome]).toEqual([[true, false], 'browser']);
  expect(said).toEqual([expect.stringMatching(/without its sandbox.*user namespaces/)]);
});

test('root has no sandbox, and a warning says so', async () => {
  const { tried, said } = await launched(true, () => true);
  expect(tried).toEqual([false]);
  expect(said).toEqual([expect.stringMatching(/without its sandbox.*root/)]);
});

test('a Chromium that does not start at all is reported as that, not as a missing sandbox', async () => {
  const { said, outcome } = await launched(false, () => false);
  expect([said, outcome]).toEqual([[], 'Error: no start without a sandbox']);
});
