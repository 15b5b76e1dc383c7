/** The layout's import rules for ESLint: a wrong import fails with a sentence that names the right way. */
import path from 'node:path';

/** Arithmetic and parsing without an engine, a DOM or Node: everybody may import it. */
const PURE = ['src/core', 'src/cluster', 'src/evaluate', 'src/classify', 'src/weights/formats', 'src/train/config'];

/** For each part (a path prefix; the longest that fits counts) the parts and the npm packages that it may import. */
const PARTS = {
  'src/core': { may: [], packages: ['valibot'] },
  'src/nn': { may: ['src/core'], packages: ['@litertjs/*', '@tensorflow/*', 'flatbuffers'] },
  'src/models': { may: ['src/nn', 'src/core'], packages: [] },
  'src/backend': { may: ['src/nn', 'src/core'], packages: [] },
  'src/weights/formats': { may: ['src/core'], packages: ['valibot'] },
  'src/weights': { may: ['src/weights/formats', 'src/core'], packages: ['fflate', 'valibot'] },
  'src/pipeline': { may: ['src/models', 'src/weights', 'src/backend', 'src/nn', 'src/core'], packages: [] },
  'src/evaluate': { may: ['src/weights/formats', 'src/core'], packages: ['fflate'] },
  'src/cluster': { may: ['src/core'], packages: [] },
  'src/classify': { may: ['src/core'], packages: ['valibot'] },
  'src/train/config': { may: ['src/core'], packages: ['valibot'] },
  'src/train': {
    may: [
      'src/train/config',
      'src/nn',
      'src/models',
      'src/pipeline',
      'src/weights',
      'src/backend',
      'src/evaluate',
      'src/core',
    ],
    packages: ['@tensorflow/*'],
  },
  'src/store': { may: ['src/weights', 'src/core'], packages: ['idb', 'valibot'] },
  'src/service': {
    may: [...PURE, 'src/train', 'src/pipeline', 'src/weights', 'src/models', 'src/backend', 'src/nn', 'src/store'],
    packages: [],
  },
  workers: { may: ['src/service', 'src/pipeline', 'src/weights', 'src/train', ...PURE], packages: [] },
  'src/client': { may: ['workers', ...PURE], packages: ['valibot'] },
  'src/app': {
    may: ['src/client', 'src/store', ...PURE],
    packages: ['svelte', 'svelte/*', 'fflate', 'uplot', 'uplot/*'],
  },
  'src/harness': {
    may: ['src/client', 'src/weights', 'src/train', ...PURE],
    packages: ['playwright', 'commander', 'cli-progress', 'fflate', 'node:*'],
  },
};

const RIGHT_WAY = {
  'src/app': 'Views reach the threads through src/client, keep people in src/store, and may use the pure tier.',
  'src/client': 'The client knows the protocol and the RPC in workers/, and the pure tier.',
  'src/harness': 'The command line uses the same src/client as the app; model files come from src/weights.',
  'src/service': 'A service is what a thread does; what it composes lies on the floors below.',
};

const within = (name, part) => name === part || name.startsWith(`${part}/`);

/** The part a file belongs to: the longest prefix in `PARTS`; null outside of all. */
function partOf(file) {
  const fits = Object.keys(PARTS).filter((part) => within(file, part) || file.startsWith(`${part}.`));
  return fits.sort((a, b) => b.length - a.length)[0] ?? null;
}

const matches = (name, pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern);

/** What is wrong with `source` imported by `file` (both relative to the root); null when nothing is. */
export function importProblem(file, source) {
  const part = partOf(file);
  if (!part) return null;
  const { may, packages } = PARTS[part];
  if (!source.startsWith('.')) {
    if (packages.some((pattern) => matches(source, pattern))) return null;
    return `${part} may use only these packages: ${packages.join(', ') || 'none'}.`;
  }
  const target = partOf(path.posix.join(path.posix.dirname(file), source));
  if (target === null || target === part || may.some((each) => within(target, each))) return null;
  return `${part} may not import ${target}, only ${may.join(', ') || 'itself'}. ${RIGHT_WAY[part] ?? 'See the layout in CONTRIBUTING.md.'}`;
}

/** The ESLint plugin with the one rule, `layout/imports`. */
export const layout = {
  rules: {
    imports: {
      create(context) {
        const file = path.relative(context.cwd, context.filename).split(path.sep).join('/');
        const check = (node) => {
          if (typeof node.source?.value !== 'string') return;
          const message = importProblem(file, node.source.value);
          if (message) context.report({ node, message });
        };
        return {
          ImportDeclaration: check,
          ImportExpression: check,
          ExportNamedDeclaration: check,
          ExportAllDeclaration: check,
        };
      },
    },
  },
};
