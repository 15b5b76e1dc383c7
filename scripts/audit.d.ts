export interface Verdict {
  readonly asked: boolean;
  /** Why it could not be asked. */
  readonly reason?: string;
  /** Sentences: high and critical ones; there when it could be asked. */
  readonly findings?: readonly string[];
}
export function verdict(printed: string): Verdict;
export function audit(npmCli: string): Promise<Verdict>;
