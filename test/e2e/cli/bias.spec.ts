import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BiasOutput } from '../../../src/evaluate/bias/biasOutput';
import { groupFolders } from '../groupFolders';
import { expect, MOBILE_FACE_NET, run, runJson, SAMPLES, test } from './command';

test('counts pairs within and between groups; names what was left out, and says what so few cannot show', async ({
  folder,
}) => {
  const root = groupFolders(SAMPLES, folder);
  const { code, stderr, output } = await runJson<BiasOutput>(
    'bias',
    root,
    '--model',
    MOBILE_FACE_NET,
    '--gallery',
    '20',
  );
  expect(code, 'pictures failed').toBe(1);
  expect(output).toMatchObject({ model: MOBILE_FACE_NET, far: 1e-3, evened: true, gallery: 20 });
  expect(output.threshold).toBeLessThan(output.plainThreshold);
  expect(output.groups.map(({ group, people, pairs }) => [group, people, pairs])).toEqual([
    ['expedition', 5, 10],
    ['shuttle', 5, 10],
  ]);
  expect(output.between).toMatchObject([{ groups: ['expedition', 'shuttle'], pairs: 25 }]);
  for (const { accepted, enough, strangers } of output.groups) {
    expect(enough).toBe(false);
    expect(accepted!.normalised.rate, 'ten astronauts are ten people').toBe(0);
    expect(accepted!.normalised.interval[1]).toBeGreaterThan(0.2);
    expect(strangers!.gallery).toBe(2);
    expect(strangers!.promised).toBeCloseTo(1 - (1 - 1e-3) ** 2, 12);
  }
  expect(output.notes.join(' ')).toContain('No group has enough people to show a rate of 1 in 1,000');
  expect(output.notes.join(' ')).toContain('the gallery is half of the group instead of 20');
  expect(output.twice).toEqual([
    { picture: join(root, 'shuttle', 'zz-again.jpg'), of: join(root, 'expedition', 'edward-lu.jpg') },
  ]);
  expect(output.failed.map(({ picture }) => picture)).toEqual([
    join(root, 'shuttle', 'broken.jpg'),
    join(root, 'shuttle', 'empty.png'),
  ]);
  expect(output.loose).toEqual([join(root, 'loose.jpg')]);
  expect(stderr).toContain('shows the person of');
});

test('prints tables and sentences for people', async ({ folder }) => {
  const { code, stdout } = await run(
    'bias',
    groupFolders(SAMPLES, folder),
    '--model',
    MOBILE_FACE_NET,
    '--far',
    '0.01',
  );
  expect(code).toBe(1);
  expect(stdout).toMatch(/^Promised: 1 in 100 pairs of strangers \(1 %\); before: plain distance 1\.143;/m);
  expect(stdout).toMatch(/^expedition +5 +10 +0 % \(0–28\) +0 % \(0–28\)$/m);
  expect(stdout).toMatch(/^all groups +25 /m);
  expect(stdout).toMatch(/^shuttle +2 +2 % /m);
  expect(stdout).toContain('No group has enough people to show a rate of 1 in 100');
});

test('a folder without groups, and one of a single person, are refused in a sentence', async ({ folder }) => {
  const loose = join(folder, 'loose');
  mkdirSync(loose);
  copyFileSync(join(SAMPLES, 'portraits', 'edward-lu.jpg'), join(loose, 'a.jpg'));
  const without = await run('bias', loose, '--model', MOBILE_FACE_NET);
  expect(without.code).toBe(1);
  expect(without.stderr).toContain('has no folder of pictures for each group');
  mkdirSync(join(folder, 'one', 'group'), { recursive: true });
  copyFileSync(join(loose, 'a.jpg'), join(folder, 'one', 'group', 'a.jpg'));
  const single = await run('bias', join(folder, 'one'), '--model', MOBILE_FACE_NET);
  expect(single.code).toBe(1);
  expect(single.stderr).toContain('two people are needed, and there is 1 person');
});
