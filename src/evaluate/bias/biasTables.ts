import { WHOLE } from '../../core/count';
import { measuredText, percentText } from './biasWords';
import type { BeforeAfter, BiasReport, PairShare } from './measureBias';

/** A bias report as tables of words, for the command line and the app. */

export interface BiasTable {
  readonly title: string;
  /** The columns' titles; the first names what each row is about. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Rows that are not shown. */
  readonly leftOut: number;
}

const MOST_BETWEEN = 10;

/** False accepts within groups, between groups (where there are several; the highest rates), and strangers who get a name. */
export function biasTables({ groups, between, across }: BiasReport): BiasTable[] {
  const shown = between
    .toSorted((a, b) => rateOf(b, 'plain') - rateOf(a, 'plain'))
    .toSorted((a, b) => rateOf(b, 'normalised') - rateOf(a, 'normalised'))
    .slice(0, MOST_BETWEEN);
  const within: BiasTable = {
    title: 'False accepts within groups',
    head: ['Group', 'People', 'Pairs', 'Before', 'After'],
    rows: groups.map((group) => [group.group, WHOLE.format(group.people), ...shareCells(group)]),
    leftOut: 0,
  };
  const crossing: BiasTable = {
    title: 'False accepts between groups',
    head: ['Groups', 'Pairs', 'Before', 'After'],
    rows: [
      ['all groups', ...shareCells(across)],
      ...(between.length > 1 ? shown : []).map((share) => [share.groups.join(' – '), ...shareCells(share)]),
    ],
    leftOut: between.length - shown.length,
  };
  const strangers: BiasTable = {
    title: 'Strangers taken for somebody',
    head: ['Group', 'Gallery', 'Promised', 'Before', 'After'],
    rows: groups.flatMap(({ group, strangers: some }) =>
      some ? [[group, WHOLE.format(some.gallery), percentText(some.promised), ...cells(some)]] : [],
    ),
    leftOut: 0,
  };
  return [within, ...(across.pairs > 0 ? [crossing] : []), strangers].filter(({ rows }) => rows.length > 0);
}

function shareCells({ pairs, accepted }: PairShare): string[] {
  return [WHOLE.format(pairs), ...(accepted ? cells(accepted) : ['–', '–'])];
}

function rateOf({ accepted }: PairShare, kind: keyof BeforeAfter): number {
  return accepted?.[kind].rate ?? -1;
}

function cells({ plain, normalised }: BeforeAfter): string[] {
  return [measuredText(plain), measuredText(normalised)];
}
