import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runConfig } from '../../../../../src/harness/cli/train/settings';
import { readSchedule } from '../../../../../src/harness/cli/train/flags';
import { completeConfig } from '../../../../../src/train/config/config';

const folder = mkdtempSync(join(tmpdir(), 'facenet-schedule-'));
const path = join(folder, 'rates.txt');
afterAll(() => rmSync(folder, { recursive: true }));

const about = { base: { kind: 'scratch', width: 1, size: 160 }, trainable: 'all', flags: {} } as const;
const amount = { people: 3, pictures: 30 };

test('a schedule file comes before the recipe’s rates and the configuration’s', async () => {
  writeFileSync(path, '# rates\n0: 0.1\n 3: 0.01\n9: -1\n');
  const file = { schedule: { kind: 'staircase', rate: 1, factor: 0.5, every: 10 }, keep: 0.8 };
  const config = completeConfig(runConfig({ ...about, config: file, schedule: await readSchedule(path) }, amount));
  const rates = [
    [0, 0.1],
    [3, 0.01],
    [9, -1],
  ];
  expect(config).toMatchObject({ schedule: { kind: 'table', rates }, keep: 0.8 });
  expect(
    completeConfig(runConfig({ ...about, config: file, schedule: await readSchedule(undefined) }, amount)).schedule,
  ).toEqual(file.schedule);
});

test('a line that is no rate is reported by its number, a file that is not there by its name', async () => {
  writeFileSync(path, '0: 0.1\n5 0.01\n');
  await expect(readSchedule(path)).rejects.toThrow(/line 2: a line reads/);
  await expect(readSchedule(join(folder, 'none.txt'))).rejects.toThrow(/none\.txt does not exist/);
});
