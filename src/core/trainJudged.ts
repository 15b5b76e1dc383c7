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
