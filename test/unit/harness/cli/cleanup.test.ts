import { afterEach, expect, it, vi } from 'vitest';

const registered: [string, () => void][] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const [signal, listener] of registered.splice(0)) process.off(signal, listener);
});

/** The module anew, as at the program's start, with its signal handlers; `exits` collects exit codes. */
async function fresh() {
  vi.resetModules();
  const exits: unknown[] = [];
  vi.spyOn(process, 'exit').mockImplementation(((code: number) => exits.push(code)) as never);
  const on = process.on.bind(process);
  vi.spyOn(process, 'on').mockImplementation(((signal: string, listener: () => void) => {
    registered.push([signal, listener]);
    return on(signal, listener);
  }) as never);
  const cleanup = await import('../../../../src/harness/cli/cleanup');
  cleanup.exitCleanlyOnSignals();
  return { ...cleanup, exits };
}

it('work that can be stopped softly is told by the first signal, and the second ends the program', async () => {
  const { stoppable, stoppedCode, exits } = await fresh();
  let told = 0;
  await stoppable(
    () => told++,
    async () => {
      expect(stoppedCode()).toBeNull();
      process.emit('SIGTERM');
      expect([told, stoppedCode(), exits]).toEqual([1, 143, []]);
      process.emit('SIGINT');
      expect(exits).toEqual([130]);
    },
  );
});

it('outside such work the first signal ends the program after what was started', async () => {
  const { stoppable, beforeExit, exits } = await fresh();
  await stoppable(
    () => expect.unreachable(),
    async () => {},
  );
  const ended: string[] = [];
  beforeExit(async () => void ended.push('server'));
  process.emit('SIGINT');
  await vi.waitFor(() => expect(exits).toEqual([130]));
  expect(ended).toEqual(['server']);
});
