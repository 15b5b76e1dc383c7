import { askOnce } from './askOnce';
import type { InstallOps } from './installProtocol';
import type { Progress } from './protocol';
import type { RemoteCallOptions } from './rpc';

/** `installModel` in a worker of its own. Throws what installModel throws, and `worker/crashed`. */
export function installElsewhere(
  request: InstallOps['install']['req'],
  options: RemoteCallOptions<Progress>,
): Promise<null> {
  const worker = new Worker(new URL('./install.worker.ts', import.meta.url), { type: 'module', name: 'install' });
  return askOnce<InstallOps, 'install'>(worker, 'install', request, options);
}
