import { FaceError, type ErrorCode } from '../../../src/core/errors';

/** The code of the FaceError that `run` throws; null when it throws none. Anything else is rethrown. */
export function errorCode(run: () => unknown): ErrorCode | null {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof FaceError) return error.code;
    throw error;
  }
}

/** The same for something asynchronous. */
export async function rejectionCode(promise: Promise<unknown>): Promise<ErrorCode | null> {
  return promise.then(
    () => null,
    (error: unknown) => {
      if (error instanceof FaceError) return error.code;
      throw error;
    },
  );
}
