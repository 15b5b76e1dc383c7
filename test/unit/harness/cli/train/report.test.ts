import { expect, test } from 'vitest';
import { ranOn } from '../../../../../src/harness/cli/train/report';

test('an adapter that computes on the CPU is never reported as a GPU', () => {
  const engine = { backend: 'webgpu', adapter: 'google swiftshader', threads: 1, notes: [] } as const;
  const on = (softwareAdapter: boolean) => ranOn({ ...engine, softwareAdapter }).adapter;
  expect(on(true)).toBe('google swiftshader, computed on the CPU');
  expect(on(false)).toBe('google swiftshader');
});
