import { createServer, type ViteDevServer } from 'vite';
import { BROWSER_PACKAGES } from '../../scripts/browserPackages';
import { isolation } from '../../scripts/isolation';
import { packageRoot } from '../../src/harness/cli/root';
import { peerFiles } from './peerFiles';

/**
 * Serves the repository to a bench's page, its workers and our peers' files included, on a free port, and the files in
 * the folders `allow`, each at `/@fs` and its path.
 */
export async function serve(allow: readonly string[] = []): Promise<ViteDevServer> {
  const server = await createServer({
    configFile: false,
    root: packageRoot(),
    logLevel: 'error',
    plugins: [isolation(), peerFiles()],
    appType: 'mpa',
    worker: { format: 'es' },
    // A folder of its own: another server would prepare other packages in the same one while this serves from it.
    cacheDir: 'node_modules/.vite/bench',
    optimizeDeps: { include: BROWSER_PACKAGES, noDiscovery: true },
    server: { host: '127.0.0.1', port: 0, watch: null, hmr: false, fs: { allow: [packageRoot(), ...allow] } },
  });
  return server.listen();
}
