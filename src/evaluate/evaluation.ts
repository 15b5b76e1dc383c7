import { count, oneIn } from '../core/count';

/** What a model is judged by before somebody uses it: shares 0–1, null where nothing was measured. */
export interface Judged {
  /** Of the held-out pictures of trained people, those given the right person. */
  readonly accuracy: number | null;
  /** Of the held-out pairs of one trained person, those recognised at the false-accept rate. */
  readonly val: number | null;
  /** Of the outsiders' pairs of one person, those recognised at that rate: what is left of telling people nobody learnt. */
  readonly outsidersVal: number | null;
  /** Of the outsiders' faces, those taken for a trained person. */
  readonly outsidersAccepted: number | null;
}

/**
 * What speaks against the new model, as sentences; none when nothing does. Outsiders taken for somebody weigh most:
 * that is what a fine-tune on few people spoils first.
 */
export function warningsOf({ before, after }: { readonly before: Judged; readonly after: Judged }): string[] {
  const warnings: string[] = [];
  const worse = (old: number | null, now: number | null) => old !== null && now !== null && now < old;
  if (worse(after.outsidersAccepted, before.outsidersAccepted))
    warnings.push('Outsiders are taken for one of your people more often than before.');
  if (worse(before.accuracy, after.accuracy))
    warnings.push('Fewer of your people’s pictures are given the right person.');
  if (worse(before.val, after.val)) warnings.push('Fewer pairs of pictures of one person are recognised as such.');
  if (worse(before.outsidersVal, after.outsidersVal))
    warnings.push('Fewer pairs of one outsider are recognised: it tells people worse whom it has not learnt.');
  return warnings;
}

/** By what the distances of a run's report, and of its model, are evened out over kinds of faces: see core/cohort.ts. */
export type Evened =
  /** From scratch, or what it began with has no cohort either. */
  | { readonly by: 'nothing' }
  /** Only a head was trained: embeddings and cohort are those of before. */
  | { readonly by: 'base' }
  /**
   * The cohort was moved with the embedding. `agreement`: mean cosine of where the map puts the `checked` faces, to which it
   * was not fitted, and where they are. Rates below `estimatedBelow` are not shown by the run's pairs.
   */
  | { readonly by: 'map'; readonly agreement: number; readonly checked: number; readonly estimatedBelow: number }
  /** The embedding has moved too far for such a map: plain distances decide. */
  | { readonly by: 'lost'; readonly agreement: number; readonly checked: number };

/** What the new model's false-accept rate rests on, in sentences: what was measured and what is estimated. */
export function promiseOf(evened: Evened): string[] {
  switch (evened.by) {
    case 'base':
      return [
        'Only a head was trained, so faces lie where they did: distances are evened out over kinds of faces as before, and the false-accept rates are those of the old model.',
      ];
    case 'nothing':
      return [
        'One plain distance decides for everybody. It was measured on the people of this training: other kinds of people may be mistaken for one another more often.',
      ];
    case 'lost':
      return [
        `The network has changed too much to carry over what evened distances out over kinds of faces: on ${count(evened.checked, 'face')} kept for checking the two agree to ${agreed(evened)} only. Both models are compared by plain distances, and plain distances decide with the new one.`,
        'The distance was measured on the people of this training: other kinds of people may be mistaken for one another more often.',
      ];
    case 'map':
      return [
        `Distances are evened out over kinds of faces. What evens them out was moved to where the new model puts faces, by a map that agrees to ${agreed(evened)} with ${count(evened.checked, 'face')} kept for checking (1.00 would be exact).`,
        `${evened.estimatedBelow < 1 ? `False-accept rates down to ${oneIn(evened.estimatedBelow)} are measured on the people of this training; rarer ones are` : 'The people of this training are too few to measure false-accept rates: all are'} estimated, and so is every rate for kinds of people who are not among them.`,
      ];
  }
}

function agreed({ agreement }: { readonly agreement: number }): string {
  return agreement.toFixed(2);
}
