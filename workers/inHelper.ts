import type { HelperOps, InHelper } from '../src/service/face/helper';
import { connect, type RequestTransfers } from './rpc';

const TRANSFERS: RequestTransfers<HelperOps> = {
  group: ({ faces }) => [faces.vectors.buffer],
  compareClassifiers: ({ samples }) => [samples.vectors.buffer],
};

/** One operation in a thread that ends with it, also in the middle when it is aborted. */
export const inHelper: InHelper = async (op, req, { signal, progress }) => {
  const worker = new Worker(new URL('./helper.worker.ts', import.meta.url), { type: 'module', name: 'helper' });
  try {
    return await connect<HelperOps>(worker, { transfers: TRANSFERS }).call(op, req, { signal, onProgress: progress });
  } finally {
    worker.terminate();
  }
};
