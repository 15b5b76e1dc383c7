import { connect, type OpTable, type RemoteCallOptions, type RequestTransfers } from './rpc';

/**
 * One call to a worker that has no other: it ends with the call, also in the middle when that is aborted, and gives its
 * memory back. Throws what the call throws, and `worker/crashed`.
 */
export async function askOnce<T extends OpTable<T>, K extends keyof T>(
  worker: Worker,
  op: K,
  req: T[K]['req'],
  options: RemoteCallOptions<T[K]['progress']>,
  transfers: RequestTransfers<T> = {},
): Promise<T[K]['res']> {
  try {
    return await connect<T>(worker, { transfers }).call(op, req, options);
  } finally {
    worker.terminate();
  }
}
