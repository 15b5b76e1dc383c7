/**
 * A trained model's id is a name that its file gives itself: it is of weights that the file does not hold any more, once
 * they are folded or rounded. So a file that comes under a name which is taken must be what is here already, or another
 * precision of it; nothing is replaced in silence.
 */
import { FaceError } from '../core/errors';
import type { Precision } from '../core/types';
import { dataHashOf, type TrainedInfo } from './trained';

/** What is here under the id. */
export interface KnownTrained {
  readonly info: TrainedInfo;
  /** The file of that precision; null where it is not here. */
  readonly file: (precision: Precision) => Promise<Uint8Array | null>;
}

/**
 * Throws `weights/id-taken` where `known` describes itself otherwise than the file (the title aside, which the user may
 * change), or holds other weights in the same precision.
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
