import { FaceError } from '../../core/errors';

/** Maps the error names of getUserMedia (Media Capture and Streams). */
export function cameraError(thrown: unknown): FaceError {
  if (thrown instanceof FaceError) return thrown;
  const name = thrown instanceof DOMException ? thrown.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return new FaceError('camera/refused');
  if (name === 'NotReadableError' || name === 'AbortError') return new FaceError('camera/in-use');
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return new FaceError('camera/not-found');
  return new FaceError('internal', { reason: thrown instanceof Error ? thrown.message : String(thrown) });
}
