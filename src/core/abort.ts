import { FaceError } from './errors';

/** Throws `aborted` when the signal says stop; call between the steps of long work. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new FaceError('aborted');
}
