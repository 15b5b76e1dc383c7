import { FaceError } from '../core/errors';

/** What browsers throw where a page may keep nothing: storage blocked, private windows of some, a sandboxed frame. */
const DENIED = new Set(['SecurityError', 'InvalidStateError', 'UnknownError', 'NotAllowedError']);

export function keepsNothing(thrown: unknown): boolean {
  return !(thrown instanceof FaceError) && thrown instanceof DOMException && DENIED.has(thrown.name);
}
