import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { descendants, expect, isAlive, isRenderer, SAMPLES, start, startIn, test, SMALL } from './command';

const args = ['recognise', ...SMALL, '--gallery', join(SAMPLES, 'portraits'), SAMPLES];

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  for (const [when, sign] of [
    ['at work', /Gallery: 18 people/],
    ['while the models load', null],
  ] as const)
    test(`${signal} ${when} leaves no process and no file behind`, async () => {
      test.skip(process.platform !== 'linux', 'processes are counted by /proc');
      // Not the test's own folder: Chromium's socket in it may have only 108 characters.
      const folder = mkdtempSync(join(tmpdir(), 'fw-'));
      const command = startIn({ TMPDIR: folder }, ...args);
      const pid = command.child.pid!;
      if (sign) await command.says(sign);
      const renderers = () => descendants(pid).filter(isRenderer).length;
      await expect.poll(renderers, { timeout: 60_000, intervals: [50] }).toBeGreaterThan(0);
      const processes = descendants(pid);
      expect(readdirSync(folder).join()).toContain('playwright');
      command.child.kill(signal);
      const ended = await command.ended;
      expect(ended.code).toBe(code);
      expect(ended.stderr).not.toMatch(/went wrong|in the middle/);
      await expect.poll(() => processes.filter(isAlive), { timeout: 5_000 }).toEqual([]);
      expect(readdirSync(folder)).toEqual([]);
      rmdirSync(folder);
    });

test('a reader that goes away ends the command quietly', async () => {
  const command = start('models');
  command.child.stdout.destroy();
  const { code, stderr } = await command.ended;
  expect(code).toBe(0);
  expect(stderr).toBe('');
});
