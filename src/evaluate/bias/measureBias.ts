import { strangerRate } from '../../core/certainty';
import { count } from '../../core/count';
import { FaceError } from '../../core/errors';
import { mulberry32 } from '../../core/random';
import { LEAST_ACCEPTS } from '../calibrate';
import { comparePeople, type ComparedPeople, type GroupFaces, type GroupPair, type Limits } from './comparePeople';
import {
  drawPeople,
  logFactorials,
  measured,
  onceEach,
  pairRate,
  REPLICATES,
  strangerShare,
  type Measured,
  type Weights,
} from './peopleBootstrap';

/** How evenly a model's false accepts fall on groups of people. */

/** How a model decides. */
export interface BiasRule extends Limits {
  /** The false-accept rate that both distances promise. */
  readonly far: number;
  /** Whether the model has a cohort; without one the normalised distance is the plain one. */
  readonly evened: boolean;
  /** People enrolled, where a group has enough. */
  readonly gallery: number;
}

/** How a started model decides, by its state. */
export function biasRule(
  state: {
    readonly far: number;
    readonly cohort: object | null;
    readonly threshold: number;
    readonly plainThreshold: number;
    readonly twiceDistance: number;
  },
  gallery: number,
): BiasRule {
  const { far, cohort, threshold: normalised, plainThreshold: plain, twiceDistance: twice } = state;
  return { far, evened: cohort !== null, gallery, normalised, plain, twice };
}

/** Before and after distances are evened out over kinds of faces. */
export interface BeforeAfter {
  readonly plain: Measured;
  readonly normalised: Measured;
}

export interface PairShare {
  readonly pairs: number;
  /** Whether this many pairs have ten false accepts at the promised rate. */
  readonly enough: boolean;
  /** Share of the pairs taken for one person; null where there is no pair. */
  readonly accepted: BeforeAfter | null;
}

export interface GroupBias extends PairShare {
  readonly group: string;
  readonly people: number;
  /** Share of strangers taken for somebody of a gallery of the same group; null for fewer than two people. */
  readonly strangers: (BeforeAfter & { readonly gallery: number; readonly promised: number }) | null;
}

export interface BiasReport {
  readonly far: number;
  readonly evened: boolean;
  /** The normalised distance that decides. */
  readonly threshold: number;
  /** The plain distance of the same rate. */
  readonly plainThreshold: number;
  readonly gallery: number;
  readonly groups: readonly GroupBias[];
  readonly between: readonly (PairShare & { readonly groups: readonly [string, string] })[];
  /** All pairs of people of two groups together. */
  readonly across: PairShare;
  /** The highest rate of a group over the lowest; null where fewer than two groups have enough pairs, or the lowest is 0. */
  readonly spread: { readonly plain: number | null; readonly normalised: number | null };
  /** Pictures left out because they show a person who is there already. */
  readonly twice: readonly { readonly picture: string; readonly of: string }[];
}

const SEED = 1;
const KINDS = ['plain', 'normalised'] as const;

/**
 * Measures false accepts within and between groups, and strangers taken for somebody, at the rule's distances, with
 * intervals over people. The same faces give the same report. `onRow` as in `comparePeople`. Throws `evaluate/too-few`.
 */
export async function measureBias(
  faces: GroupFaces,
  rule: BiasRule,
  onRow?: (row: number, rows: number) => void | Promise<void>,
): Promise<BiasReport> {
  const compared = await comparePeople(faces, rule, onRow);
  const people = compared.groups.reduce((sum, { rows }) => sum + rows.length, 0);
  if (people < 2)
    throw new FaceError('evaluate/too-few', {
      reason: `two people are needed, and there ${people === 1 ? 'is' : 'are'} ${count(people, 'person', 'people')}.`,
    });
  const rows = faces.names.length;
  const random = mulberry32(SEED);
  const once = onceEach(compared, rows);
  const draws = Array.from({ length: REPLICATES }, () => drawPeople(compared, rows, random));
  const estimate = (of: (weights: Weights, kind: (typeof KINDS)[number]) => number, trials: number): BeforeAfter => {
    const [plain, normalised] = KINDS.map((kind) =>
      measured(
        of(once, kind),
        draws.map((draw) => of(draw, kind)),
        trials,
      ),
    );
    return { plain: plain!, normalised: normalised! };
  };
  const shareOf = (pairs: number, rate: (weights: Weights, kind: (typeof KINDS)[number]) => number): PairShare => ({
    pairs,
    enough: rule.far * pairs >= LEAST_ACCEPTS,
    accepted: pairs === 0 ? null : estimate(rate, pairs),
  });
  const cellShare = (cell: GroupPair): PairShare =>
    shareOf(cell.pairs, (weights, kind) => pairRate(compared, cell, cell[kind], weights));
  const logs = logFactorials(people);
  const within = compared.pairs.filter(({ first, second }) => first === second);
  const groups = within.map((cell): GroupBias => {
    const { name, rows: own } = compared.groups[cell.first]!;
    const gallery = galleryOf(rule.gallery, own.length);
    return {
      group: name,
      people: own.length,
      ...cellShare(cell),
      strangers:
        gallery === 0
          ? null
          : {
              gallery,
              promised: strangerRate(rule.far, gallery),
              ...estimate((weights, kind) => strangerShare(own, cell[kind], gallery, weights, logs), own.length),
            },
    };
  });
  const cross = compared.pairs.filter(({ first, second }) => first !== second);
  const { far, evened, normalised: threshold, plain: plainThreshold, gallery } = rule;
  return {
    ...{ far, evened, threshold, plainThreshold, gallery, groups },
    between: cross.map((cell) => ({ groups: namesOf(compared, cell), ...cellShare(cell) })),
    across: acrossShare(compared, cross, shareOf),
    spread: { plain: spreadOf(groups, 'plain'), normalised: spreadOf(groups, 'normalised') },
    twice: compared.twice.map(({ row, of }) => ({ picture: faces.names[row]!, of: faces.names[of]! })),
  };
}

/** At most half of the people are enrolled; the others are the strangers. */
function galleryOf(wanted: number, people: number): number {
  return Math.min(wanted, Math.floor(people / 2));
}

function namesOf({ groups }: ComparedPeople, { first, second }: GroupPair): [string, string] {
  return [groups[first]!.name, groups[second]!.name];
}

function acrossShare(
  compared: ComparedPeople,
  cross: readonly GroupPair[],
  shareOf: (pairs: number, rate: (weights: Weights, kind: (typeof KINDS)[number]) => number) => PairShare,
): PairShare {
  const some = cross.filter(({ pairs }) => pairs > 0);
  const all = some.reduce((sum, { pairs }) => sum + pairs, 0);
  return shareOf(all, (weights, kind) =>
    some.reduce((sum, cell) => sum + (cell.pairs / all) * pairRate(compared, cell, cell[kind], weights), 0),
  );
}

function spreadOf(groups: readonly GroupBias[], kind: (typeof KINDS)[number]): number | null {
  const rates = groups.flatMap(({ enough, accepted }) => (enough && accepted ? [accepted[kind].rate] : []));
  const least = Math.min(...rates);
  return rates.length < 2 || least === 0 ? null : Math.max(...rates) / least;
}
