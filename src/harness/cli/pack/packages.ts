import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The npm packages, folders below `packages`, that the built command line in `folder` imports, and theirs. */
export async function neededPackages(folder: string, packages: string): Promise<string[]> {
  const needed = new Set<string>();
  const open = await importedBy(folder);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (needed.has(name) || !existsSync(join(packages, name))) continue; // an optional one that is not here
    needed.add(name);
    const text = await readFile(join(packages, name, 'package.json'), 'utf8');
    const { dependencies, optionalDependencies } = JSON.parse(text) as Manifest;
    // One of another version lies in the package's own folder, and comes with it.
    for (const each of Object.keys({ ...dependencies, ...optionalDependencies }))
      if (!existsSync(join(packages, name, 'node_modules', each))) open.push(each);
  }
  return [...needed].sort();
}

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\bresolve\(\s*)["']([^"'.][^"']*)["']/g;

async function importedBy(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const found = new Set<string>();
  for (const name of names.filter((each) => each.endsWith('.js'))) {
    const text = await readFile(join(folder, name), 'utf8');
    for (const [, path] of text.matchAll(IMPORT)) {
      const [first, second] = path!.split('/');
      if (/^(@[\w.-]+|[\w.-]+)$/.test(first!)) found.add(first!.startsWith('@') ? `${first}/${second}` : first!);
    }
  }
  return [...found];
}
