import { expect, test } from 'vitest';
import { importProblem } from '../../../../scripts/lint/imports.js';

test('a view may use the client, the store and the pure tier', () => {
  const view = 'src/app/people/People.svelte';
  for (const source of [
    '../../client/faceNet',
    '../../store/names',
    '../../cluster/averageLinkage',
    '../../weights/formats/npy',
    '../train/training.svelte',
    '../../core/types',
    'svelte',
  ])
    expect(importProblem(view, source)).toBeNull();
});

test('a view that reaches for an engine, a thread or another package gets the right way named', () => {
  const view = 'src/app/people/People.svelte';
  expect(importProblem(view, '../../nn/graph')).toContain('src/app may not import src/nn');
  expect(importProblem(view, '../../nn/graph')).toContain('Views reach the threads through src/client');
  expect(importProblem(view, '../../../workers/rpc')).toContain('src/app may not import workers');
  expect(importProblem(view, '../../weights/registry')).toContain('src/app may not import src/weights,');
  expect(importProblem(view, '../../train/loop')).toContain('src/app may not import src/train,');
  expect(importProblem(view, '@tensorflow/tfjs-core')).toContain('only these packages');
});

test('no import runs up: a network knows no pipeline, the pipeline no service, a service no client', () => {
  expect(importProblem('src/nn/graph.ts', '../pipeline/recognise')).toContain('src/nn may not import src/pipeline');
  expect(importProblem('src/pipeline/recognise.ts', '../service/face/session')).toContain('may not import');
  expect(importProblem('src/service/face/session.ts', '../../client/types')).toContain('may not import src/client');
  expect(importProblem('src/core/types.ts', '../nn/graph')).toContain('only itself');
});

test('a part may import its own files and those of parts within an allowed part', () => {
  expect(importProblem('src/service/face/session.ts', '../../weights/formats/npy')).toBeNull();
  expect(importProblem('src/service/train/trainRun.ts', '../face/session')).toBeNull();
  expect(importProblem('test/unit/core/vectors.test.ts', '../../../src/nn/graph')).toBeNull();
});
