import { expect, test } from 'vitest';
import { serial } from '../../../src/core/serial';

test('work waits for what was asked for before it, also when that fails', async () => {
  const inTurn = serial();
  const log: string[] = [];
  const slow = inTurn(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    log.push('slow');
    throw new Error('failed');
  });
  const quick = inTurn(async () => {
    log.push('quick');
    return Promise.resolve(7);
  });
  await expect(slow).rejects.toThrow('failed');
  expect(await quick).toBe(7);
  expect(log).toEqual(['slow', 'quick']);
});
