import tseslint from 'typescript-eslint';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import { layout } from './scripts/lint/imports.js';

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
  { files: ['src/**', 'workers/**'], plugins: { layout }, rules: { 'layout/imports': 'error' } },
  {
    files: ['src/**', 'workers/**'],
    ignores: ['**/*.svelte'],
    rules: {
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' }],
    },
  },
);
