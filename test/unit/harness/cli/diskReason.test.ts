import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
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

it('any other failure keeps its own words, without a full stop', async () => {
  expect(diskReason(await failure('.'))).toMatch(/EISDIR.*[^.]$/);
  expect(diskReason(new Error('It broke.'))).toMatch(/It broke$/);
});
