import { cpSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Plugin } from 'vite';

/** Model files are served from where `npm run models` puts them: a copy in each build would be 180 MB more. */
const LEFT_OUT = 'models';

/** Copies `public/` into the build, as Vite does, but not the model files. */
export function publicFiles(): Plugin {
  let from = '';
  let to = '';
  return {
    name: 'facenet-web:public-files',
    apply: 'build',
    config: () => ({ build: { copyPublicDir: false } }),
    configResolved({ publicDir, root, build }) {
      from = publicDir;
      to = resolve(root, build.outDir);
    },
    writeBundle() {
      cpSync(from, to, { recursive: true, filter: (path) => relative(from, path) !== LEFT_OUT });
    },
  };
}
