/** A training run's report in words: what a person reads before deciding whether to use the new model. */
import { count, oneIn } from '../core/count';
import type { Evaluation, Evened } from '../core/types';

type Measured = Pick<Evaluation, 'accuracy' | 'val' | 'impostorsVal' | 'impostorsAccepted'>;

/**
 * Arguments against using the new model, as sentences; none when nothing became worse. Accepted strangers come first, as
 * fine-tuning on few people affects them first.
 */
export function warningsOf({ before, after }: { readonly before: Measured; readonly after: Measured }): string[] {
  const warnings: string[] = [];
  const worse = (old: number | null, now: number | null) => old !== null && now !== null && now < old;
  if (worse(after.impostorsAccepted, before.impostorsAccepted))
    warnings.push('Strangers are taken for one of your people more often than before.');
  if (worse(before.accuracy, after.accuracy))
    warnings.push('Fewer of your people’s pictures are given the right person.');
  if (worse(before.val, after.val)) warnings.push('Fewer pairs of pictures of one person are recognised as such.');
  if (worse(before.impostorsVal, after.impostorsVal))
    warnings.push(
      'Fewer pairs of pictures of one stranger are recognised: people who were not trained are distinguished less well.',
    );
  return warnings;
}

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
