type Cleanup = () => Promise<void>;

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
/** What takes longer than this to end is left to the exit handlers, which end it by force. */
const PATIENCE_MS = 3_000;

const pending = new Set<Cleanup>();
let stopping = false;
let softly: (() => void) | null = null;
let softCode: number | null = null;

/** Whether a signal is ending the program: what fails now fails because of that. */
export function isStopping(): boolean {
  return stopping;
}

/** Has `cleanup` run if a signal ends the program. Returns a function that runs it now, once, and forgets it. */
export function beforeExit(cleanup: Cleanup): Cleanup {
  pending.add(cleanup);
  return async () => {
    if (pending.delete(cleanup)) await cleanup();
  };
}

/** Does `work`; meanwhile the first Ctrl-C or `kill` calls `stop` instead of ending the program, the next ends it. */
export async function stoppable<T>(stop: () => void, work: () => Promise<T>): Promise<T> {
  softly = stop;
  try {
    return await work();
  } finally {
    softly = null;
  }
}

/** The exit code of a program that a signal has stopped softly; null where none has. */
export function stoppedCode(): number | null {
  return softCode;
}

/** Reads and writes of files that are under way: Node waits for them when it exits, and one of a pipe or a lost network folder may never end. */
function hasOpenFiles(): boolean {
  return process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'));
}

/** Ends the program with `code`; the exit handlers, which end Chromium, run first. `force`: whatever Node would wait for. */
function end(code: number, force: boolean): void {
  if (force) process.once('exit', () => process.kill(process.pid, 'SIGKILL'));
  process.exit(code);
}

const after = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

async function cleanUpAndEnd(code: number): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  await Promise.race([Promise.allSettled([...pending].map((cleanup) => cleanup())), after(PATIENCE_MS)]);
  while (hasOpenFiles() && Date.now() < deadline) await after(20);
  end(code, hasOpenFiles());
}

/** Ctrl-C, a closed terminal and `kill`: everything that was started is ended first; a second signal does not wait for anything. */
export function exitCleanlyOnSignals(): void {
  for (const [signal, code] of Object.entries(SIGNALS))
    process.on(signal, () => {
      if (stopping || softCode !== null) {
        end(code, true);
        return;
      }
      if (softly && signal !== 'SIGHUP') {
        softCode = code;
        softly();
        return;
      }
      stopping = true;
      void cleanUpAndEnd(code);
    });
}
