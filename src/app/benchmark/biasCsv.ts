import type { BiasReport, BeforeAfter } from '../../evaluate/bias/measureBias';
import { csvFile } from '../shell/csv';

const plain = (value: number | string): { readonly plain: string } => ({ plain: String(value) });
const NONE = plain('');

function rates(measured: BeforeAfter | null): { readonly plain: string }[] {
  if (!measured) return Array.from({ length: 6 }, () => NONE);
  return [measured.plain, measured.normalised].flatMap(({ rate, interval }) => [rate, ...interval].map(plain));
}

/** Every rate (a share, 0–1) with its interval: rows for within, between, and strangers of each group. */
export function biasCsv({ far, groups, between, across }: BiasReport): string {
  const columns = ['plain', 'normalised'].flatMap((kind) => [kind, `${kind}_low`, `${kind}_high`]);
  const within = groups.flatMap(({ group, people, pairs, accepted, strangers }) => [
    ['within', group, '', plain(people), plain(pairs), NONE, plain(far), ...rates(accepted)],
    ...(strangers
      ? [
          [
            'strangers',
            group,
            '',
            plain(people),
            NONE,
            plain(strangers.gallery),
            plain(strangers.promised),
            ...rates(strangers),
          ],
        ]
      : []),
  ]);
  const crossing = [{ ...across, groups: ['all groups', 'all groups'] as const }, ...between].map(
    ({ groups: [a, b], pairs, accepted }) => [
      'between',
      a,
      b,
      NONE,
      plain(pairs),
      NONE,
      plain(far),
      ...rates(accepted),
    ],
  );
  return csvFile(
    ['measure', 'group', 'other_group', 'people', 'pairs', 'gallery', 'promised', ...columns],
    [...within, ...crossing],
  );
}
