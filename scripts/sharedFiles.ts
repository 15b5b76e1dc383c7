import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import type { Plugin } from 'vite';
import { cacheFolder } from '../src/harness/cli/cacheFolder.ts';

/**
 * The folders beside the repository that tests read when they are there, by the name they have in test URLs; and the npm
 * packages, whose model files Vite would else take for scripts, and the cache of files of packages that are not installed.
 */
const ROOTS: Readonly<Record<string, string | undefined>> = {
  models: process.env['FACENET_MODELS'],
  data: process.env['FACENET_DATA'],
  golden: process.env['FACENET_GOLDEN'],
  packages: 'node_modules',
  cache: cacheFolder(),
};

/**
 * Tests only: serves `/@shared/<models|data|golden|packages|cache>/<path>` from the folders that FACENET_MODELS, FACENET_DATA and
 * FACENET_GOLDEN name. 404 where the variable is unset or the file absent; a folder answers with a JSON list of names.
 */
export function sharedFiles(): Plugin {
  return {
    name: 'facenet-web:shared-files',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const match = /^\/@shared\/(\w+)\/(.*)$/.exec(decodeURIComponent((request.url ?? '').split('?')[0]!));
        if (!match) {
          next();
          return;
        }
        const root = ROOTS[match[1]!];
        const path = root && normalize(join(root, match[2]!));
        if (!root || !path?.startsWith(normalize(root)) || !existsSync(path)) {
          response.statusCode = 404;
          return response.end('absent');
        }
        response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
        if (statSync(path).isDirectory()) {
          response.setHeader('Content-Type', 'application/json');
          return response.end(JSON.stringify(readdirSync(path).sort()));
        }
        response.setHeader('Content-Length', statSync(path).size);
        createReadStream(path).pipe(response);
      });
    },
  };
}
