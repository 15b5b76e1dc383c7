import { FaceError } from '../core/errors';
import type { LossName } from './config/config';
import { groupByClass } from './sampler';

/**
 * Checks whether a training set can be trained on; equal `hashes` are equal pictures. Returns sentences about people whose
 * pictures are all the same, or who have only one. Throws `train/too-few` for fewer than two people, and where nobody has
 * two different pictures, unless only the head is trained.
 */
export function checkData(
  labels: Int32Array,
  hashes: readonly string[],
  people: readonly string[],
  { loss, headOnly }: { readonly loss: LossName; readonly headOnly: boolean },
): string[] {
  if (labels.length === 0) throw tooFew('there are no pictures');
  const groups = groupByClass(labels);
  if (groups.length < 2) throw tooFew('there is only one person');
  const different = groups.map((samples) => new Set(samples.map((sample) => hashes[sample])).size);
  if (!headOnly && different.every((count) => count === 1))
    throw tooFew(
      groups.every(({ length }) => length === 1)
        ? 'every person has only one picture'
        : 'every person’s pictures are all the same one',
    );
  const several = different.filter((count) => count > 1).length;
  if (loss === 'triplet' && several < 2) throw tooFew('triplets need two persons with two different pictures each');
  return groups.flatMap((samples, i) => {
    const name = people[labels[samples[0]!]!] ?? `Person ${labels[samples[0]!]!}`;
    if (samples.length === 1) return [`There is only one picture of ${name}.`];
    return different[i] === 1 ? [`All ${samples.length} pictures of ${name} are the same one.`] : [];
  });
}

function tooFew(reason: string): FaceError {
  return new FaceError('train/too-few', { reason });
}
