import { mulberry32 } from '../../../../src/core/random';
import { cohortMean, createCohort, faceScale } from '../../../../src/core/cohort';
import { l2Normalise } from '../../../../src/core/vectors';

/** People as a network would place them: `dense` ones all lie close together, as it does with kinds it has seen few of. */

const SIZE = 16;
export interface Drawn {
  readonly group: string;
  readonly name: string;
  readonly vector: Float32Array;
  readonly scale: number;
}

/** Normal numbers by Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** `count` people of each of the two kinds, with scales by a cohort of other people of both. */
export function drawPeopleOfTwoKinds(count: number, seed: number): { people: Drawn[]; columns: number } {
  const random = mulberry32(seed);
  const spot = (): Float32Array => Float32Array.from({ length: SIZE }, () => normal(random));
  const middle = l2Normalise(spot());
  const face = (spread: number): Float32Array =>
    l2Normalise(Float32Array.from(spot(), (value, k) => (spread * value) / Math.sqrt(SIZE) + middle[k]!));
  const kinds = { broad: 1.6, dense: 0.5 } as const;
  const centres = Object.values(kinds).flatMap((spread) => Array.from({ length: 400 }, () => face(spread)));
  const cohort = createCohort(
    { id: 'drawn', nearest: 20, power: 0.5, reference: 0.1 },
    SIZE,
    Float32Array.from(centres.flatMap((centre) => [...centre])),
  );
  const people = Object.entries(kinds).flatMap(([group, spread]) =>
    Array.from({ length: count }, (_, i) => {
      const vector = face(spread);
      return { group, name: `${group}/${i}`, vector, scale: faceScale(cohort, cohortMean(cohort, vector)) };
    }),
  );
  return { people, columns: SIZE };
}
