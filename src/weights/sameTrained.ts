/**
 * A trained model's file names its own id, which comes from weights that it no longer holds once they are folded or rounded.
 * So a file whose id is taken must be the model that is here, in the same or another precision; nothing is replaced silently.
 */
import { FaceError } from '../core/errors';
import type { Precision } from '../core/types';
import { dataHashOf, type TrainedInfo } from './trained';

/** The model with that id that is here. */
export interface KnownTrained {
  readonly info: TrainedInfo;
  /** The file of that precision; null where it is not here. */
  readonly file: (precision: Precision) => Promise<Uint8Array | null>;
}

/**
 * Throws `weights/id-taken` where `known` has another description than the file (except the title, which the user may
 * change), or other weights in the same precision.
 */
export async function assertSameTrained(
  known: KnownTrained,
  { info, precision }: { readonly info: TrainedInfo; readonly precision: Precision },
  bytes: Uint8Array,
  file: string,
): Promise<void> {
  const taken = new FaceError('weights/id-taken', { file, title: known.info.title });
  if (canonicalJson({ ...known.info, title: '' }) !== canonicalJson({ ...info, title: '' })) throw taken;
  const here = await known.file(precision);
  if (here && dataHashOf(here, file) !== dataHashOf(bytes, file)) throw taken;
}

/** As JSON, in which the order of an object's keys does not matter. */
export function canonicalJson(content: unknown): string | undefined {
  return JSON.stringify(content, (_key, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
