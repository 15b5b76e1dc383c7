import { expect, test } from 'vitest';
import { cameraError } from '../../../../src/app/shell/camera.svelte';
import { FaceError } from '../../../../src/core/errors';

test.each([
  ['NotAllowedError', 'camera/refused'],
  ['SecurityError', 'camera/refused'],
  ['NotFoundError', 'camera/not-found'],
  ['OverconstrainedError', 'camera/not-found'],
  ['NotReadableError', 'camera/in-use'],
  ['AbortError', 'camera/in-use'],
])('what the browser calls %s is said as %s', (name, code) => {
  expect(cameraError(new DOMException('the words of one browser', name)).code).toBe(code);
});

test('an error of our own stays what it is, and anything else keeps its words', () => {
  const own = new FaceError('camera/not-found');
  expect(cameraError(own)).toBe(own);
  expect(cameraError(new TypeError('odd')).message).toContain('odd');
});
