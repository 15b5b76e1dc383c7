/** Milliseconds of one run, by row name: the whole, and its stages where the case knows them. */
export type Sample = Readonly<Record<string, number>>;

export interface Case {
  readonly name: string;
  readonly run: () => Promise<Sample>;
}

/** A case whose run is timed as a whole. `per`: the work's units in one run, such as the faces of a batch. */
export function timed(name: string, work: () => Promise<unknown>, per = 1): Case {
  return {
    name,
    run: async () => {
      const start = performance.now();
      await work();
      return { [name]: (performance.now() - start) / per };
    },
  };
}

/** In every round each case runs once untimed, then `repeats` times. */
export interface Turns {
  readonly rounds: number;
  readonly repeats: number;
}

/**
 * Runs the cases in turn, `rounds` times over, so that whatever else the machine does meets all of them alike. In each
 * turn a case first runs once untimed: the caches then hold its own data and not the case's before it.
 */
export async function measureInTurn(
  cases: readonly Case[],
  { rounds, repeats }: Turns,
): Promise<Record<string, number[]>> {
  const samples: Record<string, number[]> = {};
  for (let round = 1; round <= rounds; round++) {
    for (const { run } of cases) {
      await run();
      for (let i = 0; i < repeats; i++)
        for (const [row, ms] of Object.entries(await run())) (samples[row] ??= []).push(ms);
    }
    console.log(`round ${round} of ${rounds}`);
  }
  return samples;
}
