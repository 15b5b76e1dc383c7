import { FaceError } from '../../core/errors';

/** A file of the sample pictures; `name` is for the message. Throws `app/sample-missing`, `aborted`. */
export async function fetchSample(url: string, name: string, signal: AbortSignal): Promise<Blob> {
  const missing = (cause?: unknown) => new FaceError('app/sample-missing', { name }, { cause });
  const response = await fetch(url, { signal }).catch((thrown: unknown) => {
    throw signal.aborted ? thrown : missing(thrown);
  });
  if (!response.ok) throw missing();
  return response.blob();
}
