import type { InstallOps } from './installProtocol';
import { connect, type RemoteCallOptions } from './rpc';
import type { Progress } from './protocol';

/** `installModel` in a worker of its own, which ends with it. Throws what installModel throws, and `worker/crashed`. */
export async function installElsewhere(
  request: InstallOps['install']['req'],
  options: RemoteCallOptions<Progress>,
): Promise<void> {
  const worker = new Worker(new URL('./install.worker.ts', import.meta.url), { type: 'module', name: 'install' });
  try {
    await connect<InstallOps>(worker).call('install', request, options);
  } finally {
    worker.terminate();
  }
}
