import type { LiveRound } from './page';

export interface LiveRow {
  readonly name: string;
  readonly fps: number;
  /** Milliseconds: the median, and what 19 of 20 results stay under. */
  readonly age: number;
  readonly age95: number;
  readonly found: number;
  readonly faces: number;
  readonly stages: Readonly<Record<string, number>>;
}

/** What is aimed at on two cores with WASM that give 50 GFLOP/s each. */
const GOALS = [
  { row: 'live.one.ours', fps: 25, age: 80 },
  { row: 'live.six.ours', fps: 24, age: null },
] as const;
/** With one face we mean to be no slower than Human in the same run, to a tenth. */
const RATIO_GOAL = { row: 'live.one.ours', peer: 'live.one.human', least: 0.9 } as const;

/** The rounds of each follower put together: the median round's speed, all rounds' ages. */
export function liveRows(rounds: readonly LiveRound[]): LiveRow[] {
  return [...new Set(rounds.map(({ name }) => name))].map((name) => {
    const own = rounds.filter((round) => round.name === name);
    const ages = own.flatMap((round) => round.ages).sort((a, b) => a - b);
    const [middle] = own.toSorted((a, b) => a.fps - b.fps).slice(Math.floor(own.length / 2));
    return {
      name,
      fps: middle!.fps,
      age: at(ages, 0.5),
      age95: at(ages, 0.95),
      found: own.reduce((sum, { found }) => sum + found, 0) / own.length,
      faces: middle!.faces,
      stages: middle!.stages,
    };
  });
}

export function liveTable(rows: readonly LiveRow[]): string {
  const lines = rows.map(({ name, fps, age, age95, found, faces, stages }) => {
    const ours = Object.entries(stages).map(([stage, ms]) => `${stage} ${ms.toFixed(1)}`);
    return (
      `${name.padEnd(24)} ${fps.toFixed(1).padStart(5)} a second, ${age.toFixed(0).padStart(4)} ms old (95 %: ${age95.toFixed(0)}), ` +
      `${found.toFixed(2)} of ${faces} faces known${ours.length > 0 ? `; ms a frame: ${ours.join(', ')}` : ''}`
    );
  });
  const goals = GOALS.flatMap(({ row, fps, age }) => {
    const own = rows.find(({ name }) => name === row);
    if (!own) return [];
    const reached = own.fps >= fps && (age === null || own.age <= age);
    return [`${reached ? 'reached' : 'missed '}  ${row}: goal ${fps} a second${age === null ? '' : `, ${age} ms`}`];
  });
  const ratios = rows.flatMap(({ name, fps }) => {
    const scene = name.split('.').slice(0, 2).join('.');
    const own = rows.find((row) => row.name === `${scene}.ours`);
    if (!own || name === own.name) return [];
    const ratio = own.fps / fps;
    const isGoal = own.name === RATIO_GOAL.row && name === RATIO_GOAL.peer;
    const goal = isGoal
      ? ` (goal: ${RATIO_GOAL.least} × at least, ${ratio >= RATIO_GOAL.least ? 'reached' : 'missed'})`
      : '';
    return [`${own.name} is ${ratio.toFixed(2)} × as fast as ${name}${goal}`];
  });
  return [...lines, '', ...goals, ...ratios].join('\n');
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
