import { createReadStream, existsSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import type { Plugin } from 'vite';
import { ISOLATION_HEADERS } from '../../src/core/hosting/pageHeaders';

const FOLDERS: Readonly<Record<string, string>> = {
  onnxruntime: 'onnxruntime-web/dist',
  faceapi: '@vladmandic/face-api/dist',
  'faceapi-models': '@vladmandic/face-api/model',
  human: '@vladmandic/human/dist',
  'human-models': '@vladmandic/human/models',
  'tfjs-wasm': '@tensorflow/tfjs-backend-wasm/dist',
};
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

/**
 * Serves `/@peers/<name>/<file>` from the peers' packages byte for byte: they load their own workers and WASM files
 * by address, which a bundler's rewriting would break.
 */
export function peerFiles(): Plugin {
  return {
    name: 'facenet-web:peer-files',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const match = /^\/@peers\/([\w-]+)\/([\w.-]+)/.exec(request.url ?? '');
        const folder = match && FOLDERS[match[1]!];
        if (!folder) {
          next();
          return;
        }
        const path = normalize(join(server.config.root, 'node_modules', folder, match[2]!));
        if (!existsSync(path)) {
          response.statusCode = 404;
          return response.end('absent');
        }
        for (const [name, value] of Object.entries(ISOLATION_HEADERS)) response.setHeader(name, value);
        response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
        response.setHeader('Content-Length', statSync(path).size);
        createReadStream(path).pipe(response);
      });
    },
  };
}
