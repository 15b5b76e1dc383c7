import { join } from 'node:path';
import type { Plugin } from 'vite';
import { noticeOf } from './licences/notice.ts';
import { packageOf, readPackage } from './licences/packages.ts';

export const LICENCES_FILE = 'third-party-licences.txt';

/**
 * Writes `third-party-licences.txt` into a build, from the bundler's own list of modules: that of the pages, and that of
 * each worker, which is a build of its own. Packages that stay outside the bundle and are imported when it runs are
 * listed too. A package without a licence text ends the build.
 */
export function thirdPartyLicences(): { readonly pages: Plugin; readonly workers: () => Plugin[] } {
  // Its helpers, which are in any build, are in no list of modules.
  const paths = new Set(['rolldown']);
  let nodeModules = '';
  const collect = (ids: Iterable<string>): void => {
    for (const id of ids) {
      const path = packageOf(id);
      if (path !== null) paths.add(path);
    }
  };
  return {
    pages: {
      name: 'facenet-web:third-party-licences',
      apply: 'build',
      configResolved({ root }) {
        nodeModules = join(root, 'node_modules');
      },
      generateBundle: {
        order: 'post',
        handler(_, bundle) {
          collect(this.getModuleIds());
          for (const file of Object.values(bundle))
            if (file.type === 'chunk') collect([...file.moduleIds, ...file.imports.map(outside)]);
          const packages = [...paths].map((path) => readPackage(path, nodeModules));
          this.emitFile({ type: 'asset', fileName: LICENCES_FILE, source: noticeOf(packages) });
        },
      },
    },
    workers: () => [
      {
        name: 'facenet-web:third-party-licences-of-workers',
        apply: 'build',
        generateBundle() {
          collect(this.getModuleIds());
        },
      },
    ],
  };
}

/** An import that the bundle leaves to Node, as a path; Node's own modules and other chunks belong to nobody. */
function outside(specifier: string): string {
  return /^(node:|\.|\/|assets\/)/.test(specifier) || specifier.endsWith('.js')
    ? specifier
    : `node_modules/${specifier}`;
}
