import { FaceError } from '../../core/errors';

/** A file of the sample pictures; `name` is for the message. Throws `internal`, and what `fetch` throws. */
export async function fetchSample(url: string, name: string, signal: AbortSignal): Promise<Blob> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new FaceError('internal', { reason: `the sample picture ${name} could not be loaded` });
  return response.blob();
}
