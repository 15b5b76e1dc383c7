type Cleanup = () => Promise<void>;

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
/** What takes longer than this to end is left to the exit handlers, which end it by force. */
const PATIENCE_MS = 3_000;

const pending = new Set<Cleanup>();
let stopping = false;

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

/** Ctrl-C, a closed terminal and `kill`: everything that was started is ended first; a second signal does not wait. */
export function exitCleanlyOnSignals(): void {
  for (const [signal, code] of Object.entries(SIGNALS))
    process.on(signal, () => {
      if (stopping) process.exit(code);
      stopping = true;
      const patience = new Promise((done) => setTimeout(done, PATIENCE_MS));
      const all = Promise.allSettled([...pending].map((cleanup) => cleanup()));
      void Promise.race([all, patience]).then(() => process.exit(code));
    });
}
