import type { BiasReport, BeforeAfter } from '../../evaluate/bias/measureBias';
import { csvFile } from '../shell/csv';

type Cell = string | { readonly plain: string };

const plain = (value: number | null): Cell => ({ plain: value === null ? '' : String(value) });

/** The cells of a row; `counts`: people, pairs, gallery, promised, each null where it does not apply. */
function row(
  measure: string,
  [group, other = '']: readonly [string, string?],
  counts: readonly (number | null)[],
  measured: BeforeAfter | null,
): Cell[] {
  const rates = measured
    ? [measured.plain, measured.normalised].flatMap(({ rate, interval }) => [rate, ...interval])
    : Array.from({ length: 6 }, () => null);
  return [measure, group, other, ...[...counts, ...rates].map(plain)];
}

/** Every rate (a share, 0–1) with its interval: rows for within, between, and strangers of each group. */
export function biasCsv({ far, groups, between, across }: BiasReport): string {
  const columns = ['plain', 'normalised'].flatMap((kind) => [kind, `${kind}_low`, `${kind}_high`]);
  const within = groups.flatMap(({ group, people, pairs, accepted, strangers }) => [
    row('within', [group], [people, pairs, null, far], accepted),
    ...(strangers ? [row('strangers', [group], [people, null, strangers.gallery, strangers.promised], strangers)] : []),
  ]);
  const crossing = [{ ...across, groups: ['all groups', 'all groups'] as const }, ...between].map(
    ({ groups: pair, pairs, accepted }) => row('between', pair, [null, pairs, null, far], accepted),
  );
  return csvFile(
    ['measure', 'group', 'other_group', 'people', 'pairs', 'gallery', 'promised', ...columns],
    [...within, ...crossing],
  );
}
