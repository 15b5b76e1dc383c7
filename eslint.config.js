import tseslint from 'typescript-eslint';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';

/**
 * The import rules of the design: for each folder, the folders it may import (itself always). Everything else is an
 * error whose sentence names the right way. `packages` lists the npm packages the folder may use.
 */
const RULES = {
  'src/core': { may: [], packages: [] },
  'src/nn': { may: ['core'], packages: ['@litertjs/*', '@tensorflow/*', 'flatbuffers'] },
  'src/models': { may: ['nn', 'core'], packages: [] },
  'src/backend': { may: ['core', 'nn'], packages: [] },
  'src/weights': { may: ['core'], packages: ['fflate'] },
  'src/pipeline': { may: ['models', 'weights', 'backend', 'nn', 'core'], packages: [] },
  'src/evaluate': { may: ['core'], packages: ['fflate'] },
  'src/cluster': { may: ['core'], packages: [] },
  'src/classify': { may: ['core'], packages: [] },
  'src/train': {
    may: ['models', 'weights', 'pipeline', 'backend', 'evaluate', 'nn', 'core'],
    packages: ['@tensorflow/*'],
  },
  'src/store': { may: ['weights', 'core'], packages: ['idb'] },
  'src/client': { may: ['workers', 'core'], packages: [] },
  'src/app': {
    may: ['client', 'store', 'evaluate', 'core'],
    packages: ['svelte', 'svelte/*', 'fflate', 'uplot', 'uplot/*'],
  },
  'src/harness': {
    may: ['client', 'weights', 'evaluate', 'cluster', 'classify', 'train', 'core'],
    packages: ['playwright', 'commander', 'cli-progress', 'fflate', 'node:*'],
  },
  workers: {
    may: [
      'pipeline',
      'evaluate',
      'cluster',
      'classify',
      'train',
      'store',
      'core',
      'weights',
      'backend',
      'models',
      'nn',
    ],
    packages: [],
  },
};
const FOLDERS = [
  'core',
  'nn',
  'models',
  'backend',
  'weights',
  'pipeline',
  'evaluate',
  'cluster',
  'classify',
  'train',
  'store',
  'client',
  'app',
  'harness',
  'workers',
];
const RIGHT_WAY = {
  app: 'Views talk to the worker through src/client, keep people in src/store, and share types through src/core.',
  client: 'The client knows only workers/protocol, workers/rpc and src/core.',
  harness: 'The harness uses the same src/client as the app; model files come from src/weights.',
};

function importRules(folder, { may, packages }) {
  const own = folder.split('/').pop();
  const banned = FOLDERS.filter((name) => name !== own && !may.includes(name));
  const message = `${folder} may import only ${[own, ...may].join(', ')}. ${RIGHT_WAY[own] ?? 'See the layout in CONTRIBUTING.md.'}`;
  return {
    files: [`${folder}/**/*.ts`, `${folder}/**/*.svelte`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: `^\\.\\.?/(.*/)?(${banned.join('|')})/`, message },
            {
              regex: `^(?!\\.)(?!(${packages.map((name) => name.replace('*', '.*')).join('|') || 'none'})$)`,
              message: `${folder} may use only these packages: ${packages.join(', ') || 'none'}.`,
            },
          ],
        },
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ['dist', 'dist-cli', 'public', 'node_modules', 'test-results', 'playwright-report'] },
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node, ...globals.worker } },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off', // noUncheckedIndexedAccess makes index loops need it
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      'no-console': ['error', { allow: ['warn', 'error'] }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.svelte'] } },
    // State classes say themselves what is reactive ($state.raw, replaced whole); their inner maps are not.
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },
  { files: ['src/harness/cli/**', 'scripts/**', 'test/**'], rules: { 'no-console': 'off' } },
  ...Object.entries(RULES).map(([folder, rule]) => importRules(folder, rule)),
  {
    files: ['src/**', 'workers/**'],
    ignores: ['**/*.svelte'],
    rules: {
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' }],
    },
  },
);
