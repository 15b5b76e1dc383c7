import tseslint from 'typescript-eslint';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import { layout } from './scripts/lint/imports.js';

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
      // Being mended, one after the other.
      ...Object.fromEntries(
        'no-unnecessary-condition no-unsafe-assignment unbound-method no-unsafe-argument no-unsafe-member-access prefer-promise-reject-errors prefer-nullish-coalescing no-unsafe-call no-misused-spread prefer-optional-chain no-unsafe-return no-meaningless-void-operator no-unnecessary-type-parameters no-base-to-string only-throw-error await-thenable no-deprecated use-unknown-in-catch-callback-variable no-unnecessary-type-assertion no-unnecessary-type-conversion'
          .split(' ')
          .map((rule) => [`@typescript-eslint/${rule}`, 'off']),
      ),
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
