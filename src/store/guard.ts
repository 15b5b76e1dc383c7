/** Who may write: one tab of those that are open. */
export interface WriteGuard {
  /** False while another tab is the one that writes. */
  mayWrite(): boolean;
  /** Runs one write, during which nobody else takes over. Throws `store/other-tab`. */
  run<R>(write: () => Promise<R>): Promise<R>;
}

/** Where nobody else is: tests, and browsers without Web Locks. */
export const UNGUARDED: WriteGuard = { mayWrite: () => true, run: (write) => write() };
