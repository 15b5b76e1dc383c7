import tseslint from 'typescript-eslint';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import { layout } from './scripts/lint/imports.js';

/** Switches rules of typescript-eslint off. */
const off = (...rules) => Object.fromEntries(rules.map((rule) => [`@typescript-eslint/${rule}`, 'off']));

export default tseslint.config(
  { ignores: ['dist', 'dist-cli', 'public', 'node_modules', 'test-results', 'playwright-report'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.node, ...globals.worker },
      parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off', // noUncheckedIndexedAccess makes index loops need it
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // Numbers in sentences are what this program writes; `() => send()` returns nothing to anybody.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // An async function turns what it throws into a rejection: callers that await it need just one way to fail.
      '@typescript-eslint/require-await': 'off',
      // An empty name, address or line of output counts as absent: `||` is meant where a string stands before it.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: true }],
      // What is caught is thrown again as it came.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      // TypeScript itself decides by noPropertyAccessFromIndexSignature.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      'no-console': ['error', { allow: ['warn', 'error'] }],
    },
  },
  {
    // Plain scripts have no types to check.
    files: ['**/*.js'],
    ...tseslint.configs.disableTypeChecked,
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: tseslint.parser, projectService: true, extraFileExtensions: ['.svelte'] },
    },
    // State classes say themselves what is reactive ($state.raw, replaced whole); their inner maps are not.
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },
  {
    // The parser gives event and snippet parameters the type any; svelte-check, which types them, runs beside ESLint.
    files: ['**/*.svelte'],
    rules: off(
      'no-unsafe-argument',
      'no-unsafe-assignment',
      'no-unsafe-call',
      'no-unsafe-member-access',
      'no-unsafe-return',
    ),
  },
  {
    // Vitest's matchers (`expect.any`) are any; tests replace a browser's methods, and run where its types promise too much.
    files: ['test/**'],
    rules: off(
      'no-unsafe-assignment',
      'no-unsafe-return',
      'unbound-method',
      'no-unnecessary-condition',
      'no-unnecessary-type-parameters',
    ),
  },
  { files: ['src/harness/cli/**', 'scripts/**', 'test/**'], rules: { 'no-console': 'off' } },
  { files: ['src/**', 'workers/**'], plugins: { layout }, rules: { 'layout/imports': 'error' } },
  {
    files: ['src/**', 'workers/**'],
    ignores: ['**/*.svelte'],
    rules: {
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' }],
    },
  },
);
