import { count, oneIn } from '../../core/count';
import { FaceError } from '../../core/errors';
import type { Measured } from './peopleBootstrap';
import { LEAST_ACCEPTS } from '../calibrate';
import type { BiasReport } from './measureBias';

/** What a bias report says in words, for the command line and the app. */

const PERCENT = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });

/** .00123 → “0.12 %” */
export function percentText(share: number): string {
  return `${PERCENT.format(share * 100)} %`;
}

/** “0.12 % (0.05–0.3)” */
export function measuredText({ rate, interval: [low, high] }: Measured): string {
  return `${percentText(rate)} (${PERCENT.format(low * 100)}–${PERCENT.format(high * 100)})`;
}

/** The promised rate, and the distances that the two columns of each table decide by. */
export function ruleText({ far, evened, threshold, plainThreshold }: BiasReport): string {
  return (
    `Promised: ${oneIn(far)} pairs of strangers (${percentText(far)}); before: plain distance ${plainThreshold.toFixed(3)}; ` +
    `after: ${evened ? 'evened out over kinds of faces, ' : ''}${threshold.toFixed(3)}; in brackets 95 % intervals over people.`
  );
}

/** “Highest rate of a group over the lowest: 83 before, 3.1 after.”; null where no two groups show a rate. */
export function spreadText({ spread, groups }: BiasReport): string | null {
  if (groups.filter(({ enough }) => enough).length < 2) return null;
  const text = (value: number | null): string =>
    value === null ? 'unknown (a group had none)' : PERCENT.format(value);
  return `Highest rate of a group over the lowest: ${text(spread.plain)} before, ${text(spread.normalised)} after.`;
}

export const ONE_GROUP = 'There is only one group, so groups cannot be compared.';

/** Of a folder in which no picture is in a folder of a group. */
export function noGroups(folder: string): FaceError {
  return new FaceError('evaluate/too-few', { reason: `${folder} has no folder of pictures for each group.` });
}

/** Sentences about what the report cannot show, and what was left out. */
export function biasNotes(report: BiasReport): string[] {
  const { far, evened, groups, gallery, twice } = report;
  const notes: string[] = [];
  if (groups.length === 1) notes.push(ONE_GROUP);
  const few = groups.filter(({ enough }) => !enough);
  if (few.length > 0) {
    const pairs = Math.ceil(LEAST_ACCEPTS / far);
    const people = Math.ceil((1 + Math.sqrt(1 + 8 * pairs)) / 2);
    const who = few.length === groups.length ? 'No group has' : `${few.map(({ group }) => group).join(', ')}: not`;
    notes.push(
      `${who} enough people to show a rate of ${oneIn(far)}: that takes ${count(people, 'person', 'people')} of a group (${count(pairs, 'pair')}). ` +
        'Only the intervals say what is known.',
    );
  }
  const small = groups.filter(({ people }) => people >= 2 && Math.floor(people / 2) < gallery);
  if (small.length > 0)
    notes.push(
      `${small.length === groups.length ? 'Every group has' : `${small.map(({ group }) => group).join(', ')}:`} fewer than ${count(2 * gallery, 'person', 'people')}, so the gallery is half of the group instead of ${gallery}.`,
    );
  if (!evened) notes.push('This model has no cohort: its plain distances decide, and the two columns are the same.');
  if (twice.length > 0)
    notes.push(
      `${count(twice.length, 'picture was', 'pictures were')} left out because ${twice.length === 1 ? 'it shows' : 'they show'} a person who is there already (nearer than 1 in 100,000 pairs of strangers).`,
    );
  return notes;
}
