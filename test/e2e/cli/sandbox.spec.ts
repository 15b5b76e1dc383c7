import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { descendants, expect, SAMPLES, startAs, test, SMALL } from './command';

/** `nobody`: whoever runs the tests as root needs a user for whom Chromium has a sandbox. */
const NOBODY = 65_534;

function commandLines(pid: number): string[] {
  return descendants(pid).flatMap((below) => {
    try {
      return [readFileSync(`/proc/${below}/cmdline`, 'utf8').replaceAll('\0', ' ')];
    } catch {
      return []; // ended meanwhile
    }
  });
}

test('pictures are decoded in Chromium’s sandbox, or a sentence says that there is none', async () => {
  test.skip(process.platform !== 'linux', 'processes are read in /proc');
  const home = mkdtempSync(join(tmpdir(), 'fw-'));
  chmodSync(home, 0o777);
  const command = startAs(
    process.getuid?.() === 0 ? NOBODY : undefined,
    { HOME: home, TMPDIR: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
    'detect',
    ...SMALL,
    join(SAMPLES, 'portraits/edward-lu.jpg'),
  );
  let seen: string[] = [];
  const renderers = () => (seen = commandLines(command.child.pid!)).filter((line) => line.includes('--type=renderer'));
  await expect.poll(renderers, { timeout: 60_000, intervals: [50] }).not.toEqual([]);
  const bare = seen.some((line) => line.includes('--no-sandbox'));
  const { code, stderr } = await command.ended;
  expect(code, stderr).toBe(0);
  const sentences = stderr.split('\n').filter((line) => line.includes('without its sandbox'));
  expect(sentences).toHaveLength(bare ? 1 : 0);
  if (bare) expect(sentences[0]).toContain('does not start on this system');
  rmSync(home, { recursive: true });
});
