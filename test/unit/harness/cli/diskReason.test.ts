import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { expect, it, test } from 'vitest';
import { commandError, diskReason } from '../../../../src/harness/cli/diskReason';

const failure = (path: string) =>
  writeFile(path, 'x').then(
    () => expect.unreachable(),
    (thrown: unknown) => thrown,
  );

test.skipIf(!existsSync('/dev/full'))('a disk without room is called that', async () => {
  const full = await failure('/dev/full');
  expect(diskReason(full)).toBe('there is no room left on the disk');
  expect(commandError(full)).toMatchObject({
    code: 'harness/not-written',
    message: 'The result could not be written: there is no room left on the disk.',
  });
});

it('what a disk refuses is said in words; any other failure keeps its own, without a full stop', async () => {
  expect(diskReason(await failure('.'))).toBe('it is a folder');
  expect(commandError(await failure('/nowhere/x')).message).toBe(
    '/nowhere/x could not be written: its folder does not exist.',
  );
  expect(commandError(await readdir('/dev/null').catch((thrown: unknown) => thrown)).message).toBe(
    '/dev/null could not be read: part of its path is a file, not a folder.',
  );
  expect(diskReason(new Error('It broke.'))).toMatch(/It broke$/);
});
