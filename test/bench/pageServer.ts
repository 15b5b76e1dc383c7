import { createServer, type ViteDevServer } from 'vite';
import { isolation } from '../../scripts/isolation';
import { packageRoot } from '../../src/harness/cli/root';
import { peerFiles } from './peerFiles';

/** Serves the repository to a bench's page, its workers and our peers' files included, on a free port. */
export async function serve(): Promise<ViteDevServer> {
  const server = await createServer({
    configFile: false,
    root: packageRoot(),
    logLevel: 'error',
    plugins: [isolation(), peerFiles()],
    appType: 'mpa',
    worker: { format: 'es' },
    server: { host: '127.0.0.1', port: 0, watch: null, hmr: false },
  });
  return server.listen();
}
