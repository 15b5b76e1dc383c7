import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { build, type Plugin } from 'vite';

/** Kept only when used: engines, of which a browser needs one, licences, and the sample pictures. */
const LATER = [/\.wasm$/, /^third-party-licences\.txt$/, /^samples\//, /^assets\/(?:litert|tfjs)/];
/** Not the app's: the command line's page, and files for hosts and people. */
const NEVER = [/^harness/, /^models\//, /^cohorts\//, /^assets\/harness/, /^sw\.js$/, /\.md$/];

/** The files of a built site, sorted into those that the app cannot start without and those that it may need. */
export function appFiles(folder: string): { version: string; first: string[]; later: string[] } {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !NEVER.some((pattern) => pattern.test(path)))
    .sort();
  const hash = createHash('sha256');
  for (const path of paths)
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(folder, path)));
  const isLater = (path: string) => LATER.some((pattern) => pattern.test(path));
  return {
    version: hash.digest('hex').slice(0, 16),
    first: paths.filter((path) => !isLater(path)),
    later: paths.filter(isLater),
  };
}

/** Builds `workers/sw.ts` into `sw.js` when everything else is written, and tells it what there is. */
export function serviceWorker(): Plugin {
  let root = '';
  let outDir = '';
  return {
    name: 'facenet-web:service-worker',
    apply: 'build',
    configResolved(config) {
      root = config.root;
      outDir = resolve(root, config.build.outDir);
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        await build({
          root,
          configFile: false,
          publicDir: false,
          logLevel: 'warn',
          define: { __APP_FILES__: JSON.stringify(appFiles(outDir)) },
          build: {
            outDir,
            emptyOutDir: false,
            target: 'es2022',
            rolldownOptions: { input: 'workers/sw.ts', output: { format: 'iife', entryFileNames: 'sw.js' } },
          },
        });
      },
    },
  };
}
