import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package whose code or files are in a build. */
export interface Bundled {
  readonly name: string;
  readonly version: string;
  /** As its package.json says it. */
  readonly licence: string;
  readonly copyright: readonly string[];
  readonly text: string;
}

/** Modules that the bundlers themselves put in: their ids begin with these. */
const BUNDLERS: Readonly<Record<string, string>> = {
  '\0vite/': 'vite',
  'vite/': 'vite',
};

/** Packages whose licence text npm does not carry: licence from package.json, copyright from source headers. */
const WITHOUT_TEXT: Readonly<Record<string, { readonly licence: 'Apache-2.0' | 'MIT'; readonly copyright: string }>> = {
  '@litertjs/core': { licence: 'Apache-2.0', copyright: 'Copyright 2025 Google LLC' },
  '@tensorflow/tfjs-backend-cpu': { licence: 'Apache-2.0', copyright: 'Copyright 2019–2024 Google LLC' },
  '@tensorflow/tfjs-backend-wasm': { licence: 'Apache-2.0', copyright: 'Copyright 2019–2024 Google LLC' },
  '@tensorflow/tfjs-backend-webgpu': { licence: 'Apache-2.0', copyright: 'Copyright 2020–2024 Google LLC' },
  '@tensorflow/tfjs-core': { licence: 'Apache-2.0', copyright: 'Copyright 2017–2024 Google LLC' },
  // At the end of its README.
  seedrandom: { licence: 'MIT', copyright: 'Copyright 2019 David Bau' },
};

const TEXT_FILE = /^(licen[cs]e|copying)([-.](md|txt|mit))?$/i;
const NOTICE_FILE = /^notice(\.(md|txt))?$/i;
/** After this line, Vite's file has the licences of what is inside Vite, none of which is in a build. */
const END = /^# Licenses of bundled dependencies$/m;

/** The package that a module of the bundler's list belongs to: null for our own, a name, or a path in `node_modules`. */
export function packageOf(moduleId: string): string | null {
  for (const [start, name] of Object.entries(BUNDLERS)) if (moduleId.startsWith(start)) return name;
  const parts = moduleId.replace(/\\/g, '/').split('node_modules/');
  const last = parts.pop()!;
  if (parts.length === 0) return null;
  const [first = '', second = ''] = last.split(/[/?]/);
  const name = first.startsWith('@') ? `${first}/${second}` : first;
  // A package in another package's own folder is another version of it.
  return [...parts.slice(1), name].join('node_modules/');
}

/** A licence's text without a copyright line: of flatbuffers, whose file is Apache's own, and of this project. */
export function standardText(licence: 'Apache-2.0' | 'MIT'): string {
  const root = join(import.meta.dirname, '../..');
  const file = licence === 'MIT' ? 'LICENSE' : 'node_modules/flatbuffers/LICENSE';
  const text = readFileSync(join(root, file), 'utf8').replace(/\r\n/g, '\n');
  return text.replace(/^Copyright \(c\).*\n\n/m, '').trim();
}

/** Reads what a package says about itself. Throws when there is no text of its licence: nothing is built without it. */
export function readPackage(path: string, nodeModules: string): Bundled {
  const folder = join(nodeModules, path);
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: unknown;
    author?: string | { name?: string };
  };
  if (typeof license !== 'string') throw new Error(`${name} ${version} is in the build, and names no licence.`);
  const named = (pattern: RegExp) => readdirSync(folder).filter((file) => pattern.test(file));
  const read = (file: string) => readFileSync(join(folder, file), 'utf8').replace(/\r\n/g, '\n').split(END)[0]!.trim();
  const texts = named(TEXT_FILE).sort().map(read);
  if (texts.length > 0) {
    const text = [...texts, ...named(NOTICE_FILE).sort().map(read)].join('\n\n');
    const lines = text.split('\n').map((line) => line.trim());
    const copyright = lines.filter((line) => /^copyright (\(c\)|©|\d)/i.test(line));
    const by = typeof author === 'string' ? author : author?.name;
    return { name, version, licence: license, copyright: copyright.length > 0 || !by ? copyright : [by], text };
  }
  const known = WITHOUT_TEXT[name];
  if (known?.licence !== license)
    throw new Error(
      `${name} ${version} (${license}) is in the build, and its package has no text of its licence. ` +
        'If the licence is sure, add the package to WITHOUT_TEXT in scripts/licences/packages.ts.',
    );
  return { name, version, licence: license, copyright: [known.copyright], text: standardText(known.licence) };
}
