import { expect, test } from 'vitest';
import { Timings } from '../../../src/pipeline/timings';

test('a stage that runs twice counts both, also when it throws', async () => {
  const timings = new Timings();
  const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 12));
  await timings.run('pnet', wait);
  const once = timings.ms['pnet']!;
  await expect(
    timings.run('pnet', async () => {
      await wait();
      throw new Error('stopped');
    }),
  ).rejects.toThrow('stopped');
  expect(once).toBeGreaterThan(8);
  expect(timings.ms['pnet']).toBeGreaterThan(once + 8);
  expect(await timings.run('match', () => 3)).toBe(3);
});
