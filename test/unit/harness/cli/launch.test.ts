import { expect, test } from 'vitest';
import { launchFlags } from '../../../../src/harness/cli/launch';

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
