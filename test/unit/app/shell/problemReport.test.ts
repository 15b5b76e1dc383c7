import { expect, test } from 'vitest';
import { isUnforeseen, problemReport } from '../../../../src/app/shell/problemReport';
import type { EngineState } from '../../../../src/client/types';
import { FaceError, toFaceError } from '../../../../src/core/errors';

const address = 'https://faces.example/team/';
const around = { version: '1.2.3', view: 'photos', browser: 'Chromium 150', engine: null, address };

test('holds message, version, view, browser, engine and where it happened, but not where the app is served', () => {
  const thrown = new TypeError('the kettle is empty');
  thrown.stack = `TypeError: the kettle is empty\n    at boil (${address}assets/app.js:1:2)`;
  const engine = {
    model: 'facenet',
    precision: 'int8',
    engine: 'litert',
    backend: 'webgpu',
    softwareAdapter: true,
    threads: 1,
  } as EngineState;
  expect(problemReport(toFaceError(thrown), { ...around, engine })).toBe(
    [
      'Message: Something went wrong inside the app: the kettle is empty',
      'App: facenet-web 1.2.3, view photos',
      'Browser: Chromium 150',
      'Engine: facenet, int8, litert on webgpu, software adapter, threads 1',
      'Where: TypeError: the kettle is empty',
      '    at boil (assets/app.js:1:2)',
    ].join('\n'),
  );
});

test('what a worker threw is reported by the place in the worker', () => {
  const error = new FaceError('internal', { reason: 'trap', stack: 'RuntimeError: trap\n    at worker' });
  expect(problemReport(error, around)).toContain('Engine: not started\nWhere: RuntimeError: trap\n    at worker');
});

test('a crash of the worker can be reported too; what was foreseen needs no report', () => {
  const codes = ['internal', 'worker/crashed', 'store/full', 'image/unreadable'] as const;
  expect(codes.map((code) => isUnforeseen(new FaceError(code)))).toEqual([true, true, false, false]);
});
