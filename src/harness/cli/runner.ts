/** What every command has around its work: a report of its own, and word to the program when it has ended well. */
import type { Command } from 'commander';
import { Reporter } from './reporter';

/** Makes of a command's work what commander calls: with its arguments, its flags and the command itself. */
export type Runner = <A extends readonly unknown[], F extends { readonly json?: true }>(
  work: (...args: [...A, F, Reporter]) => Promise<void>,
) => (...given: [...A, F, Command]) => Promise<void>;

/** `done` gets the report of each command that has ended well. */
export function createRunner(done: (reporter: Reporter) => void): Runner {
  return <A extends readonly unknown[], F extends { readonly json?: true }>(
      work: (...args: [...A, F, Reporter]) => Promise<void>,
    ) =>
    async (...given: [...A, F, Command]) => {
      const args = given.slice(0, -1) as [...A, F];
      const reporter = new Reporter((args.at(-1) as F).json === true);
      await work(...args, reporter);
      done(reporter);
    };
}
